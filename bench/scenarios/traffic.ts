import type { Call } from './call.js';
import type { Draws } from './random.js';
import { INSTRUCTIONS, question, TOOL_DEFINITIONS, ticket } from './texts.js';

const CALLS_PER_SESSION = 4;
const PODS = 4;

/** What changes a call of the usual kind; drawn anew for each. */
export type Behave = (usual: Call, draws: Draws) => Partial<Call>;

/** A stretch of traffic, seconds since the scenario's start. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Calls a second, at a second since the start. */
  readonly perSecond: number | ((second: number) => number);
  readonly behave?: Behave;
  /** Repeats this part of all calls of the time in shadow: answered by what `behave` says, served to nobody. */
  readonly shadow?: { readonly share: number; readonly behave: Behave };
}

/** Sessions last some calls and belong to one pod, so that what sticks to sessions or pods can be told. */
export class Sessions {
  readonly #draws: Draws;
  readonly #open: { id: string; left: number; share: number }[] = [];

  constructor(draws: Draws) {
    this.#draws = draws;
  }

  /** @returns the session of the next call, and where it lies on [0, 1): what assignments by session are made by */
  next(): { id: string; share: number } {
    if (this.#open.length < 20) {
      const session = { id: `session-${this.#draws.hex(10)}`, left: CALLS_PER_SESSION, share: this.#draws.uniform() };
      this.#open.push(session);
    }
    const index = this.#draws.below(this.#open.length);
    const session = this.#open[index];
    if (session === undefined) throw new Error('there is always an open session');
    session.left--;
    if (session.left <= 0) this.#open.splice(index, 1);
    return session;
  }
}

/** Calls of one second of a stretch. */
export function callsOf(stretch: Stretch, second: number, startMs: number, draws: Draws, sessions: Sessions): Call[] {
  const rate = typeof stretch.perSecond === 'number' ? stretch.perSecond : stretch.perSecond(second);
  return Array.from({ length: draws.poisson(rate) }, () => {
    const usual = usualCall(startMs + second * 1000 + draws.below(1000), draws, sessions);
    return { ...usual, ...stretch.behave?.(usual, draws) };
  });
}

/** The shadow of a call, if it is in the sample. */
export function shadowOf(call: Call, stretch: Stretch, draws: Draws): Call[] {
  const { shadow } = stretch;
  if (shadow === undefined || call.arm === 'shadow' || !draws.chance(shadow.share)) return [];
  const repeated = { ...call, traceId: draws.hex(32), spanId: draws.hex(16), arm: 'shadow', shadowOf: call.spanId };
  return [{ ...repeated, succeeded: null, failsDownstream: false, ...shadow.behave(repeated, draws) }];
}

function usualCall(atMs: number, draws: Draws, sessions: Sessions): Call {
  const session = sessions.next();
  const outputTokens = Math.round(draws.logNormal(60, 0.4));
  return {
    atMs,
    durationMs: Math.min(30_000, draws.logNormal(900, 0.5)),
    traceId: draws.hex(32),
    spanId: draws.hex(16),
    prompt: 'v12',
    model: 'gpt-4o-2024-11-20',
    requestedModel: 'gpt-4o-2024-11-20',
    tools: 't3',
    context: 'c1',
    session: session.id,
    pod: `support-bot-${Math.floor(session.share * 1000) % PODS}`,
    region: 'eu-west-1',
    inputTokens: Math.round(draws.logNormal(900, 0.6)),
    outputTokens,
    timeToFirstTokenMs: draws.logNormal(250, 0.4),
    text: ticket(draws, draws.chance(0.01)),
    json: true,
    finishReason: 'stop',
    errorType: draws.chance(0.005) ? 'timeout' : '',
    instructions: INSTRUCTIONS,
    userText: question(draws),
    toolArguments: null,
    toolDefinitions: TOOL_DEFINITIONS,
    systemFingerprint: 'fp_70acdc0482',
    arm: '',
    shadowOf: '',
    failsDownstream: draws.chance(0.01),
    attributes: {},
    succeeded: draws.chance(0.3) ? draws.chance(0.92) : null,
    toldAfterMs: 5_000,
  };
}

/** The share of sessions that get the candidate: the same session always the same arm. */
export function sessionShare(session: string): number {
  return Number.parseInt(session.slice(-8), 16) / 16 ** 8;
}

/** A canary by session: `share` of the sessions get what `candidate` says. Who rolls out another model asks for it. */
export function canary(share: number, candidate: Behave, everybody?: Behave): Behave {
  return (usual, draws) => {
    const changed = { ...usual, ...everybody?.(usual, draws) };
    if (sessionShare(usual.session) >= share) return changed;
    const own = candidate(changed, draws);
    return { ...changed, ...(own.model === undefined ? {} : { requestedModel: own.model }), ...own };
  };
}
