import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ApiError } from '../request.js';
import type { Resource } from '../resource.js';
import { useViewTitle } from '../router.js';

let firstView = true;

export interface PageProps {
  title: string;
  /** Above the heading: where this view belongs. */
  kicker?: ComponentChildren;
  /** Beside the heading. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** A view: its title in the tab, its heading focused after a navigation, its content. */
export function Page({ title, kicker, aside, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useViewTitle(title);
  useEffect(() => {
    if (firstView) firstView = false;
    else heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <div class="page-head">
        <div>
          {kicker !== undefined && <p class="kicker">{kicker}</p>}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
        </div>
        {aside !== undefined && <div class="page-aside">{aside}</div>}
      </div>
      {children}
    </>
  );
}

/** What a resource holds, or an honest word on why it holds nothing. */
export function Loaded<T>(props: { resource: Resource<T>; what: string; children: (data: T) => ComponentChildren }) {
  const { data, error } = props.resource;
  if (data === null && error === null) return <p class="muted loading">Loading {props.what} …</p>;
  return (
    <>
      {error !== null && <Failure error={error} what={props.what} stale={data !== null} />}
      {data !== null && props.children(data)}
    </>
  );
}

function Failure({ error, what, stale }: { error: ApiError; what: string; stale: boolean }) {
  return (
    <div class="banner tone-bad" role="alert">
      <strong>
        {error.status === 404
          ? `There is no such ${what}.`
          : `The ${what} could not be ${stale ? 'refreshed' : 'read'}.`}
      </strong>{' '}
      {error.message}
    </div>
  );
}

export function Section({
  title,
  note,
  children,
}: {
  title: string;
  note?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="section" aria-label={title}>
      <h2>
        {title}
        {note !== undefined && <span class="note">{note}</span>}
      </h2>
      {children}
    </section>
  );
}
