import type { Message } from './messages.js';

/** Roles that take turns. What they say grows with the conversation and belongs to its user, not to the deployment. */
const TURN_ROLES: ReadonlySet<string> = new Set(['user', 'assistant', 'tool']);

const NOTHING: readonly string[] = [];
const INSTRUCTIONS: readonly string[] = ['system:text'];

/**
 * The structure in which a deployment assembles its context: the sequence of messages before the last user message, each
 * as `role:kinds of its parts`, with the turns of the conversation taken out. So the first question and the tenth agree,
 * and a memory or retrieval slot that is added, removed or moved among the standing messages gives another skeleton.
 *
 * @param instructions are instructions given apart from the messages? They count as the system message they would be
 */
export function contextSkeleton(messages: readonly Message[], instructions: boolean): readonly string[] {
  const lastUser = messages.findLastIndex((message) => message.role === 'user');
  const before = lastUser < 0 ? messages : messages.slice(0, lastUser);
  const standing = before.filter((message) => !TURN_ROLES.has(message.role)).map(describeMessage);
  if (standing.length === 0) return instructions ? INSTRUCTIONS : NOTHING;
  return instructions ? [...INSTRUCTIONS, ...standing] : standing;
}

function describeMessage(message: Message): string {
  const kinds = message.parts.map((part) => (part.kind === 'other' ? part.type : part.kind));
  // A text in three pieces is a text.
  const distinct = kinds.filter((kind, index) => kind !== kinds[index - 1]);
  return `${message.role}:${distinct.join('+')}`;
}
