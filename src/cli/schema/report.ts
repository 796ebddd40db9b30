import {
  type ContractPolicy,
  compareTools,
  explainMode,
  explainToolChange,
  judgeVersions,
  type ModeVerdict,
  OUTPUT_POLICY,
  type Subject,
  TOOL_PARAMETERS_POLICY,
  type ToolContract,
  type ToolSetVerdict,
  versioned,
} from '../../catalog/index.js';
import type { ContractFile } from './contract-file.js';
import { type SchemaOptions, SchemaUsageError } from './options.js';

/** Data that is stored and read again, as in a schema registry. */
const DATA_POLICY: ContractPolicy = { mode: 'BACKWARD', policy: 'STRICT' };

/** What `leeway schema check` found: for machines as it is, for people by {@link reportLines}. */
export type SchemaReport =
  | {
      readonly kind: 'schema';
      readonly subject: Subject;
      readonly policy: ContractPolicy;
      readonly result: ModeVerdict;
    }
  | { readonly kind: 'tools'; readonly versions: readonly ToolSetVerdict[] };

/** @throws SchemaUsageError when the files hold different things */
export function judgeFiles(
  previous: readonly ContractFile[],
  next: ContractFile,
  options: Pick<SchemaOptions, 'use' | 'mode' | 'policy'>,
): SchemaReport {
  if (next.kind === 'tools') return judgeTools(previous.map(toolsIn), next.tools, options);
  const subject = options.use ?? 'data';
  const policy = withOptions(POLICY_OF[subject], options);
  const schemas = previous.map((file) => versioned(schemaIn(file)));
  const result = judgeVersions(schemas, versioned(next.schema), policy.mode, policy.policy);
  return { kind: 'schema', subject, policy, result };
}

const POLICY_OF: Readonly<Record<Subject, ContractPolicy>> = {
  data: DATA_POLICY,
  tool: TOOL_PARAMETERS_POLICY,
  output: OUTPUT_POLICY,
};

function withOptions(policy: ContractPolicy, { mode, policy: given }: Pick<SchemaOptions, 'mode' | 'policy'>) {
  return { mode: mode ?? policy.mode, policy: given ?? policy.policy };
}

/** With `--as` only one of a tool's two schemas is looked at. */
function judgeTools(
  previous: readonly (readonly ToolContract[])[],
  next: readonly ToolContract[],
  options: Pick<SchemaOptions, 'use' | 'mode' | 'policy'>,
): SchemaReport {
  const none: ContractPolicy = { mode: 'NONE', policy: 'STRICT' };
  const parameters = options.use === 'output' ? none : withOptions(TOOL_PARAMETERS_POLICY, options);
  const output = options.use === 'tool' ? none : withOptions(OUTPUT_POLICY, options);
  const isTransitive = options.mode?.endsWith('_TRANSITIVE') ?? false;
  const looked = isTransitive ? previous : previous.slice(-1);
  return { kind: 'tools', versions: looked.map((tools) => compareTools(tools, next, parameters, output)) };
}

function toolsIn(file: ContractFile): readonly ToolContract[] {
  if (file.kind === 'tools') return file.tools;
  throw new SchemaUsageError('OLD holds a JSON Schema and NEW tool definitions');
}

function schemaIn(file: ContractFile): unknown {
  if (file.kind === 'schema') return file.schema;
  throw new SchemaUsageError('OLD holds tool definitions and NEW a JSON Schema');
}

/** The verdict of the whole report. */
export function verdictOf(report: SchemaReport): ModeVerdict['verdict'] {
  if (report.kind === 'schema') return report.result.verdict;
  const verdicts = report.versions.map(({ verdict }) => verdict);
  return verdicts.find((one) => one === 'incompatible') ?? verdicts.find((one) => one === 'unknown') ?? 'compatible';
}

/** The report in lines of text. */
export function reportLines(report: SchemaReport): string[] {
  if (report.kind === 'schema') {
    const { mode, policy } = report.policy;
    return [`${verdictOf(report)} (${mode}, ${policy})`, ...explainMode(report.result, report.subject)];
  }
  return [
    verdictOf(report),
    ...report.versions.flatMap(({ changes }) =>
      changes.flatMap((change) => [
        `${change.name}: ${change.kind}, ${change.verdict}`,
        ...explainToolChange(change).map((line) => `  ${line}`),
      ]),
    ),
  ];
}
