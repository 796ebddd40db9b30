import { parseArgs } from 'node:util';
import { COMPATIBILITY_MODES, type CompatibilityMode, POLICIES, type Policy } from '../../catalog/index.js';
import { errorMessage } from '../../model/index.js';

export const SCHEMA_USAGE = `Usage: leeway schema check OLD… NEW [--as tool|output] [--mode M] [--policy strict|lenient] [--json]

Says whether NEW may replace OLD, and shows an instance that breaks if not. The files hold a JSON Schema, a tool
definition or a list of them, in the shape of any provider (OpenAI, Anthropic, Gemini, MCP, Vercel AI).

  --as WHAT      tool: arguments, written by a model that was shown the schema, read by code (BACKWARD, lenient).
                 output: structured output, read by code that knows an older schema (FORWARD, strict).
                 Without it a plain schema is stored data (BACKWARD, strict); of tools both schemas are checked
  --mode M       BACKWARD: NEW reads what was written under OLD. FORWARD: OLD reads what is written under NEW.
                 FULL: both. …_TRANSITIVE: against every OLD, oldest first, not only the last. NONE
  --policy P     strict: a proof, and what registries refuse on sight. lenient: properties that the writer's schema
                 does not declare are not written, so an optional one may be added
  --json         one JSON object on standard output

Exit code: 0 compatible, 3 incompatible, 4 not known, 2 wrong usage or unreadable file.`;

/** What the schemas of the files are for. */
export type SchemaUse = 'tool' | 'output';

export interface SchemaOptions {
  /** Oldest first. */
  readonly previous: readonly string[];
  readonly next: string;
  /** `null` where it was not given. */
  readonly use: SchemaUse | null;
  readonly mode: CompatibilityMode | null;
  readonly policy: Policy | null;
  readonly json: boolean;
}

/** Wrong usage, or a file that cannot be read: the message is for people, the exit code is 2. */
export class SchemaUsageError extends Error {}

/**
 * @returns `'help'` when that was asked for
 * @throws SchemaUsageError naming what is wrong
 */
export function parseSchemaOptions(args: readonly string[]): SchemaOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [action, ...files] = positionals;
  if (action !== 'check') throw new SchemaUsageError(`there is no ${JSON.stringify(action ?? '')}: say "schema check"`);
  const next = files.at(-1);
  if (next === undefined || files.length < 2) throw new SchemaUsageError('two files are needed: OLD and NEW');
  return {
    previous: files.slice(0, -1),
    next,
    use: oneOf('--as', values.as, ['tool', 'output']),
    mode: oneOf('--mode', values.mode?.toUpperCase(), COMPATIBILITY_MODES),
    policy: oneOf('--policy', values.policy?.toUpperCase(), POLICIES),
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const options = { as: text, mode: text, policy: text, json: flag, help: { ...flag, short: 'h' } } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new SchemaUsageError(errorMessage(error));
  }
}

function oneOf<T extends string>(option: string, given: string | undefined, known: readonly T[]): T | null {
  if (given === undefined) return null;
  const found = known.find((one) => one === given);
  if (found === undefined) throw new SchemaUsageError(`${option} must be one of ${known.join(', ')}, got ${given}`);
  return found;
}
