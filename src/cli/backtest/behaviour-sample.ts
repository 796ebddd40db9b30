import { fingerprintOf, type Output } from '../../../detectors/index.js';
import type { ArmName, Pairing } from './pairing.js';
import type { FileRow } from './rows.js';

/** The behaviour test looks at this many pairs at most, the first ones: time and memory stay bounded for any file. */
export const MAX_BEHAVIOUR_PAIRS = 2_000;

/** More rows of the larger arm in a pair add little. */
const MAX_ROWS_PER_PARTNER = 10;

const MAX_EXCERPT_CHARACTERS = 240;

/** An output as the behaviour test needs it, and enough of it to be shown. */
export interface SampledOutput extends Output {
  /** Row of its file, 1-based. */
  readonly row: number;
  readonly excerpt: string;
}

/** Chooses rows by their place alone, never by what they hold. */
export class BehaviourSample {
  readonly #pairing: Pairing;
  readonly #sizes: Readonly<Record<ArmName, number>>;

  constructor(pairing: Pairing, sizes: Readonly<Record<ArmName, number>>) {
    this.#pairing = pairing;
    this.#sizes = sizes;
  }

  /** @returns `null` for a row that is not looked at */
  take(arm: ArmName, index: number, { row, output }: FileRow): SampledOutput | null {
    if (output === null || !this.#isWanted(arm, index)) return null;
    return { id: `${arm} ${row}`, row, fingerprint: fingerprintOf(output), excerpt: excerptOf(output) };
  }

  #isWanted(arm: ArmName, index: number): boolean {
    const block = this.#pairing.blockOf(arm, index);
    if (block >= MAX_BEHAVIOUR_PAIRS || this.#sizes[arm] === 0) return false;
    const { from, until } = this.#pairing.rowsOf(arm, block);
    const rows = until - from;
    if (rows <= MAX_ROWS_PER_PARTNER) return true;
    const taken = (position: number): number => Math.floor((position * MAX_ROWS_PER_PARTNER) / rows);
    return taken(index - from + 1) > taken(index - from);
  }
}

function excerptOf(output: string): string {
  const text = output
    .slice(0, 4 * MAX_EXCERPT_CHARACTERS)
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...text];
  const shortened = characters.length > MAX_EXCERPT_CHARACTERS || output.length > 4 * MAX_EXCERPT_CHARACTERS;
  return shortened ? `${characters.slice(0, MAX_EXCERPT_CHARACTERS).join('')} …` : text;
}
