import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { Problem, RemovalReadiness, TargetSummary } from '../../api/schemas.js';
import { errorMessage } from '../../model/index.js';
import { type ReadinessOptions, ReadinessUsageError } from './options.js';

/** Usage within the hold time is counted from generations: a busy target takes seconds. */
const TIMEOUT_MS = 60_000;
const MAX_NAMED_TARGETS = 10;

const TargetList = Type.Object({ targets: Type.Array(TargetSummary) });

/**
 * Asks the service over its API.
 *
 * @throws ReadinessUsageError when it does not answer, refuses the question, or does not know the target
 */
export async function askReadiness(options: ReadinessOptions, signal: AbortSignal): Promise<RemovalReadiness> {
  const { url, kind, name, holdSeconds } = options;
  const target = await targetIdOf(options, signal);
  const query = new URLSearchParams({ target, kind, name, holdSeconds: String(holdSeconds) });
  return get(`${url}/api/v1/readiness?${query}`, RemovalReadiness, signal);
}

/** An id as it is; names are looked up, so that whoever removes something need not know how ids are made. */
async function targetIdOf({ url, target }: ReadinessOptions, signal: AbortSignal): Promise<string> {
  if (!target.includes('/')) return target;
  const { targets } = await get(`${url}/api/v1/targets`, TargetList, signal);
  const found = targets.find((one) => nameOf(one) === target);
  if (found) return found.targetId;
  const names = targets.slice(0, MAX_NAMED_TARGETS).map(nameOf);
  throw new ReadinessUsageError(`there is no target ${target}; there are ${names.join(', ') || 'none'}`);
}

function nameOf({ service, environment, operation }: TargetSummary): string {
  return `${service}/${environment}/${operation}`;
}

async function get<Schema extends TSchema>(url: string, schema: Schema, signal: AbortSignal): Promise<Static<Schema>> {
  const { status, body } = await fetchJson(url, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  if (Value.Check(schema, body)) return body;
  const why = Value.Check(Problem, body) ? body.detail : 'not what Leeway answers there';
  throw new ReadinessUsageError(`${url} answered ${status}: ${why}`);
}

async function fetchJson(url: string, signal: AbortSignal): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(url, { signal });
    return { status: response.status, body: await response.json() };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new ReadinessUsageError(`${url} gave no answer: ${errorMessage(cause)}`);
  }
}
