import { identityOf, isJsonObject } from '../compatibility/json.js';

/** Something that went, and something that came, so alike that the one is probably the other's new name. */
export interface Rename {
  readonly from: string;
  readonly to: string;
  /** 0 to 1. */
  readonly similarity: number;
}

/** Something that has a name, and content to tell it by. */
export interface Named {
  readonly name: string;
  readonly content: unknown;
}

/** Below it, one went and the other came. */
const MIN_SIMILARITY = 0.6;
/** Names and contents that are compared, each with each. */
const MAX_COMPARED = 200;
/** Characters of a name that are compared. */
const MAX_NAME_CHARACTERS = 128;

/**
 * Pairs what went with what came, the most alike first. A similarity is the mean of the names' (edit distance) and the
 * contents' (shared JSON leaves); equal contents need names that are only half as alike.
 */
export function findRenames(removed: readonly Named[], added: readonly Named[]): Rename[] {
  const pairs = removed
    .slice(0, MAX_COMPARED)
    .flatMap((from) => added.slice(0, MAX_COMPARED).map((to) => ({ from, to, similarity: similarityOf(from, to) })))
    .filter(({ similarity }) => similarity >= MIN_SIMILARITY)
    .sort((a, b) => b.similarity - a.similarity);
  const taken = new Set<Named>();
  const renames: Rename[] = [];
  for (const { from, to, similarity } of pairs) {
    if (taken.has(from) || taken.has(to)) continue;
    taken.add(from).add(to);
    renames.push({ from: from.name, to: to.name, similarity: Math.round(similarity * 100) / 100 });
  }
  return renames;
}

function similarityOf(from: Named, to: Named): number {
  return (nameSimilarity(from.name, to.name) + contentSimilarity(from.content, to.content)) / 2;
}

/** 1 − edit distance / longer length, of the names without case and separators. */
function nameSimilarity(a: string, b: string): number {
  const [left, right] = [plainName(a), plainName(b)];
  const longer = Math.max(left.length, right.length);
  return longer === 0 ? 1 : 1 - editDistance(left, right) / longer;
}

function plainName(name: string): string {
  return name
    .slice(0, MAX_NAME_CHARACTERS)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}

/** Levenshtein's: insertions, deletions and replacements of one character. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (left === right ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Shared leaves by all leaves (Jaccard). */
function contentSimilarity(a: unknown, b: unknown): number {
  if (identityOf(a) === identityOf(b)) return 1;
  const [left, right] = [new Set(leavesOf(a, '')), new Set(leavesOf(b, ''))];
  const shared = [...left].filter((leaf) => right.has(leaf)).length;
  const all = left.size + right.size - shared;
  return all === 0 ? 1 : shared / all;
}

function leavesOf(value: unknown, path: string): string[] {
  if (!isJsonObject(value)) return [`${path}=${identityOf(value)}`];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, `${path}/${name}`));
}
