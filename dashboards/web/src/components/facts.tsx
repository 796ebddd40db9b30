import type { ComponentChildren } from 'preact';

/** A list of facts; its children are {@link Fact}s. */
export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts wide">{children}</dl>;
}

/** What it is, and what it comes to. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
