import type { ToolContract, ToolVersion as ToolVersionFact, ToolVerdict as Verdict } from '../catalog/index.js';
import { isoTime } from '../model/index.js';
import type { RegisteredTool } from './schema-registry.js';
import type { ToolSummary, ToolVerdict, ToolVersion } from './schemas.js';

type Comparison = ToolVerdict['comparisons'][number];
type Change = Verdict['comparisons'][number]['change'];

export function toolVerdictView({ verdict, mode, policy, comparisons }: Verdict): ToolVerdict {
  return {
    verdict,
    mode,
    policy,
    comparisons: comparisons.map(({ against, change, sentences }) => ({
      against,
      change: change.kind,
      verdict: change.verdict,
      sentences: [...sentences],
      counterexamples: counterexamplesOf(change),
      behavioural: 'behavioural' in change ? [...change.behavioural] : [],
    })),
  };
}

function counterexamplesOf(change: Change): Comparison['counterexamples'] {
  if (!('parameters' in change)) return [];
  const sides = [
    { of: 'parameters' as const, verdict: change.parameters },
    { of: 'output' as const, verdict: change.output },
  ];
  return sides.flatMap(({ of, verdict }) =>
    (verdict?.checks ?? []).flatMap(({ direction, answer }) => {
      if (answer.decidedBy !== 'counterexample') return [];
      return [{ of, direction, instance: answer.instance, path: answer.path, reason: answer.reason }];
    }),
  );
}

export function toolVersionHead({ version, digest, declared, seen }: ToolVersionFact): ToolSummary['latest'] {
  return {
    version,
    digest,
    declared:
      declared === null ? null : { at: isoTime(declared.atMs), actor: declared.actor, comment: declared.comment },
    seen:
      seen === null
        ? null
        : {
            first: isoTime(seen.firstSeenMs),
            last: isoTime(seen.lastSeenMs),
            targets: seen.targets.map((target) => ({ ...target })),
          },
  };
}

/** A tool without versions is no tool: `null`. */
export function toolSummary({ service, name, subject, versions }: RegisteredTool): ToolSummary | null {
  const latest = versions.at(-1);
  return latest === undefined
    ? null
    : { service, name, subject, versions: versions.length, latest: toolVersionHead(latest) };
}

export function toolVersionView(version: ToolVersionFact, toPrevious: Verdict | null): ToolVersion {
  return {
    ...toolVersionHead(version),
    definition: definitionView(version.definition),
    toPrevious: toPrevious === null ? null : toolVerdictView(toPrevious),
  };
}

function definitionView({ name, description, parameters, outputSchema }: ToolContract): ToolVersion['definition'] {
  return { name, description, parameters, ...(outputSchema === undefined ? {} : { outputSchema }) };
}
