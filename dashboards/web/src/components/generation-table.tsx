import type { Generation } from '../api/index.js';
import { count, duration, versionText, words } from '../format.js';
import { ComplianceBadge } from './badges.js';
import { Time } from './time.js';

export function traceHref(generation: Pick<Generation, 'traceId' | 'spanId'>): string {
  return `/traces/${encodeURIComponent(generation.traceId)}?span=${encodeURIComponent(generation.spanId)}`;
}

/** Generations as rows, each leading to its trace. */
export function GenerationTable({ generations }: { generations: readonly Generation[] }) {
  return (
    <table class="cards sheet">
      <thead>
        <tr>
          <th scope="col">Started</th>
          <th scope="col">Result</th>
          <th scope="col">Prompt</th>
          <th scope="col">Model</th>
          <th scope="col">Finish</th>
          <th scope="col">Tokens</th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>
        {generations.map((generation) => (
          <tr key={generation.spanId}>
            <td class="lead">
              <a href={traceHref(generation)}>
                <Time at={generation.startTime} />
              </a>
            </td>
            <td data-label="Result">
              <ComplianceBadge compliance={generation.compliance} />
              {generation.complianceReason !== '' && <span class="interval">{generation.complianceReason}</span>}
            </td>
            <td data-label="Prompt" title={generation.versions.prompt.value}>
              {versionText(generation.versions.prompt)}
            </td>
            <td data-label="Model" class="tight">
              {generation.servedModel || generation.requestedModel || 'missing'}
            </td>
            <td data-label="Finish">
              {words(generation.finishReason)}
              {generation.errorType !== '' && <span class="interval">{generation.errorType}</span>}
            </td>
            <td data-label="Tokens" class="tight">
              {tokens(generation)}
            </td>
            <td data-label="Took" class="tight">
              {duration(generation.durationMs)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `not reported` is not zero. */
export function tokens({ inputTokens, outputTokens }: Pick<Generation, 'inputTokens' | 'outputTokens'>): string {
  if (inputTokens === null && outputTokens === null) return 'not reported';
  return `${inputTokens === null ? '?' : count(inputTokens)} in, ${outputTokens === null ? '?' : count(outputTokens)} out`;
}
