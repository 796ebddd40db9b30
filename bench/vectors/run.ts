import { CaseInput } from './case-input.js';
import { type Mismatch, mismatches } from './compare.js';
import { FAMILIES } from './families.js';
import type { Family } from './family.js';
import type { VectorCase, VectorFile } from './vector-file.js';

/** A case that did not come out as expected. */
export interface Failure {
  readonly family: string;
  readonly caseName: string;
  readonly mismatches: readonly Mismatch[];
}

/** What became of all cases of some files. */
export interface Report {
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** Cases that passed, by family. */
  readonly passedByFamily: ReadonlyMap<string, number>;
  /** Families that are left out, with the reason and the number of their cases. */
  readonly leftOut: readonly { readonly family: string; readonly reason: string; readonly cases: number }[];
}

/** Runs every case through the function of its family. */
export function runVectors(files: readonly VectorFile[]): Report {
  const failures: Failure[] = [];
  const leftOut: { family: string; reason: string; cases: number }[] = [];
  const passedByFamily = new Map<string, number>();
  for (const file of files) {
    const family = familyOf(file.family);
    if (family === undefined || 'leftOut' in family) {
      const reason = family?.leftOut ?? 'Leeway knows no family of this name';
      leftOut.push({ family: file.family, reason, cases: file.cases.length });
      continue;
    }
    const failed = file.cases.flatMap((one) => failureOf(file.family, family.kinds, one));
    failures.push(...failed);
    passedByFamily.set(file.family, (passedByFamily.get(file.family) ?? 0) + file.cases.length - failed.length);
  }
  const passed = [...passedByFamily.values()].reduce((sum, count) => sum + count, 0);
  return { passed, failures, passedByFamily, leftOut };
}

/** Families are numbered in their files for order only. */
function familyOf(name: string): Family | undefined {
  const plain = name.replace(/^\d+_/, '');
  return FAMILIES.find((family) => family.name === plain);
}

function failureOf(family: string, kinds: readonly CaseKindOf[], one: VectorCase): Failure[] {
  const wrong = mismatchesOf(kinds, one);
  return wrong.length === 0 ? [] : [{ family, caseName: one.name, mismatches: wrong }];
}

type CaseKindOf = Extract<Family, { kinds: unknown }>['kinds'][number];

function mismatchesOf(kinds: readonly CaseKindOf[], one: VectorCase): Mismatch[] {
  const input = new CaseInput(one.input);
  const kind = kinds.find((candidate) => input.has(...candidate.needs));
  if (kind === undefined) {
    return [{ quantity: '(all)', expected: one.expected, got: `no function takes ${input.names.join(', ')}` }];
  }
  try {
    const answer = kind.answer(input);
    return Object.entries(one.expected).flatMap(([quantity, expected]) =>
      mismatches(quantity, expected, answer(quantity), one.tolerance),
    );
  } catch (error) {
    return [{ quantity: '(all)', expected: one.expected, got: error instanceof Error ? error.message : error }];
  }
}
