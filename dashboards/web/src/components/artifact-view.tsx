import type { Artifact } from '../api/index.js';
import { CopyButton } from './copy-button.js';

const KIND_TITLES: Readonly<Record<string, string>> = {
  prompt: 'Instructions',
  tools: 'Tools',
  context: 'Context structure',
  output_schema: 'Output schema',
};

/** Text that a model wrote or read is shown as text and nothing else; JSON is laid out. */
function readable(content: string): string {
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : String(value);
  } catch {
    return content;
  }
}

/** The content of a version, exactly as the generation ran with it. */
export function ArtifactView({ artifact, open }: { artifact: Artifact; open: boolean }) {
  const text = readable(artifact.content);
  return (
    <details class="artifact" open={open}>
      <summary>
        {KIND_TITLES[artifact.kind] ?? artifact.kind}{' '}
        <code title={artifact.digest}>{artifact.digest.slice(0, 12)}</code>
      </summary>
      <div class="snippet">
        <pre>
          <code>{text}</code>
        </pre>
        <CopyButton text={artifact.content} />
      </div>
    </details>
  );
}
