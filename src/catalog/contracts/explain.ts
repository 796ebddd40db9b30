import { identityOf } from '../compatibility/json.js';
import type { DirectionVerdict, ModeVerdict } from './modes.js';
import type { ToolChange } from './tools.js';

/** What the schemas describe, for the words of an explanation. */
export type Subject = 'data' | 'tool' | 'output';

/** Longest instance that is shown whole. */
const MAX_SHOWN_CHARACTERS = 300;

const WRITTEN: Readonly<Record<Subject, string>> = { data: 'data', tool: 'calls', output: 'output' };

/** The verdict of a mode in one sentence for each comparison, with the counterexample. */
export function explainMode({ mode, checks }: ModeVerdict, subject: Subject): string[] {
  return checks.length === 0 ? [`Nothing was compared: mode ${mode}.`] : checks.map((one) => explain(one, subject));
}

function explain({ direction, answer }: DirectionVerdict, subject: Subject): string {
  const [writer, reader] = direction === 'backward' ? ['old', 'new'] : ['new', 'old'];
  const what = `${WRITTEN[subject]} written for the ${writer} schema`;
  switch (answer.decidedBy) {
    case 'proof':
      return `The ${reader} schema accepts all ${what}.`;
    case 'policy':
      return `The ${reader} schema accepts all ${what} that hold only what the ${writer} schema declares (${answer.policy}: ${listOf(answer.forgiven)} is not declared there and could be there with any value).`;
    case 'counterexample':
      return `The ${reader} schema refuses some ${what}: ${shown(answer.instance)}, where ${place(answer.path)} ${answer.reason}.`;
    case 'rule':
      return `No instance shows it, but ${answer.policy} refuses it: at ${answer.path || '/'} ${answer.reason}.`;
    case 'nothing':
      return `Not known whether the ${reader} schema accepts all ${what}: ${answer.reason}.`;
  }
}

/** What became of a tool, in sentences. */
export function explainToolChange(change: ToolChange): string[] {
  switch (change.kind) {
    case 'added':
      return ['The tool is new.'];
    case 'removed':
      return ['The tool is gone: a model that was shown it before still calls it.'];
    case 'renamed':
      return [`The tool ${change.rename.from} is gone; this one is probably its new name.`];
    case 'unchanged':
    case 'changed':
      return explainChange(change);
  }
}

function explainChange(change: Extract<ToolChange, { kind: 'changed' | 'unchanged' }>): string[] {
  const { parameters, output, behavioural, renamedParameters } = change;
  const renames = renamedParameters.map(({ from, to }) => `The parameter ${from} was probably renamed to ${to}.`);
  const defaults = change.requiredDespiteDefault.map(
    (name) => `${name} is required now; that it has a default is no excuse, since models do not apply defaults.`,
  );
  const words = behavioural.length === 0 ? [] : [`The model is told something else: ${listOf(behavioural)}.`];
  return [
    ...explainMode(parameters, 'tool'),
    ...(output === null ? [] : explainMode(output, 'output')),
    ...defaults,
    ...renames,
    ...words,
  ];
}

function place(path: string): string {
  return path === '' ? 'the whole' : path;
}

function shown(instance: unknown): string {
  const text = identityOf(instance);
  return text.length <= MAX_SHOWN_CHARACTERS ? text : `${text.slice(0, MAX_SHOWN_CHARACTERS)}…`;
}

/** Names that are listed one by one. */
const MAX_LISTED = 5;

function listOf(names: readonly string[]): string {
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '';
  return names.slice(0, MAX_LISTED).join(', ') + more;
}
