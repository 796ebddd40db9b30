import { parseArgs } from 'node:util';
import { errorMessage, type RemovableKind } from '../../model/index.js';

/** What may be removed, by the word that is typed; the API's own names are taken, too. */
const KINDS: Readonly<Record<string, RemovableKind>> = {
  prompt: 'prompt_version',
  model: 'model',
  tools: 'tools_version',
  context: 'context_version',
  schema: 'schema',
  tool: 'tool',
  field: 'tool_field',
};
const KIND_WORDS = Object.keys(KINDS).join('|');

const DEFAULT_HOLD_SECONDS = 86_400;
const DEFAULT_PORT = '4318';

export const READINESS_USAGE = `Usage: leeway readiness --target TARGET --kind KIND --name NAME [--hold-seconds N] [--url URL] [--json]

Asks a running Leeway whether something may be removed: where it stands (expand, migrate, contract), what is missing,
and who still uses it.

  --target TARGET     id of the target, or SERVICE/ENVIRONMENT/OPERATION
  --kind KIND         ${KIND_WORDS}
  --name NAME         the version, model, digest of a schema, tool, or argument of a tool (refund.reason)
  --hold-seconds N    how long it must not have been used (${DEFAULT_HOLD_SECONDS})
  --url URL           where Leeway is; http://127.0.0.1 at LEEWAY_PORT (${DEFAULT_PORT}) unless given
  --json              one JSON object on standard output, as GET /api/v1/readiness answers

Exit code: 0 it may be removed, 1 not, or nobody can know, 2 wrong usage, or Leeway cannot be asked.`;

export interface ReadinessOptions {
  readonly url: string;
  readonly target: string;
  readonly kind: RemovableKind;
  readonly name: string;
  readonly holdSeconds: number;
  readonly json: boolean;
}

/** Wrong usage, or a service that gives no answer: the message is for people, the exit code is 2. */
export class ReadinessUsageError extends Error {}

/**
 * @returns `'help'` when that was asked for
 * @throws ReadinessUsageError naming what is wrong
 */
export function parseReadinessOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ReadinessOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  return {
    url: urlOf(values.url ?? `http://127.0.0.1:${environment['LEEWAY_PORT'] || DEFAULT_PORT}`),
    target: required('--target', values.target),
    kind: kindOf(required('--kind', values.kind)),
    name: required('--name', values.name),
    holdSeconds: secondsOf(values['hold-seconds']),
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    ...{ target: text, kind: text, name: text, 'hold-seconds': text, url: text },
    ...{ json: flag, help: { ...flag, short: 'h' } },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new ReadinessUsageError(errorMessage(error));
  }
}

function required(option: string, given: string | undefined): string {
  if (!given) throw new ReadinessUsageError(`${option} is missing`);
  return given;
}

function kindOf(word: string): RemovableKind {
  const known = Object.hasOwn(KINDS, word) ? KINDS[word] : Object.values(KINDS).find((kind) => kind === word);
  if (known === undefined) throw new ReadinessUsageError(`--kind must be one of ${KIND_WORDS}, got ${word}`);
  return known;
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_HOLD_SECONDS;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new ReadinessUsageError(`--hold-seconds must be a whole number, got ${text}`);
  return Number(text);
}

function urlOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new ReadinessUsageError(`--url must be an http or https address, got ${text}`);
  return text.replace(/\/+$/, '');
}
