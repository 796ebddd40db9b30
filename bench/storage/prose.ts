import { readFileSync } from 'node:fs';
import { packageFile } from '../../src/package-file.js';

/** English prose that is at hand wherever the benchmark runs. */
const CORPUS = [
  'docs/operations.md',
  'docs/statistics.md',
  'docs/integrations.md',
  'docs/architecture.md',
  'README.md',
];
/** How often the next word is any word: without, the chain repeats whole sentences, which compress too well. */
const JUMP = 0.35;

/**
 * A writer of varied text with the word frequencies of real prose: a chain of word pairs learned from the documentation,
 * with jumps. Neither random letters, which nothing compresses, nor a stock of sentences, which everything does.
 */
export class Prose {
  readonly #words: readonly string[];
  readonly #followers = new Map<string, string[]>();

  constructor() {
    const text = CORPUS.map((path) => readFileSync(packageFile(path), 'utf8')).join('\n');
    this.#words = text
      .split('\n')
      .filter((line) => !/^\s*(\||```|#|-{3})/.test(line))
      .join(' ')
      .split(/[\s`*[\]()|]+/)
      .filter((word) => /^[A-Za-z][A-Za-z'’-]*[.,;:?!]?$/.test(word));
    for (const [index, word] of this.#words.entries()) {
      const next = this.#words[index + 1];
      if (next === undefined) continue;
      const followers = this.#followers.get(word);
      if (followers) followers.push(next);
      else this.#followers.set(word, [next]);
    }
  }

  /** @param uniform numbers in [0, 1); the same ones write the same text */
  write(words: number, uniform: () => number): string {
    const written: string[] = [];
    let word = this.#any(uniform);
    while (written.length < words) {
      written.push(word);
      const followers = uniform() < JUMP ? undefined : this.#followers.get(word);
      word = followers?.[Math.floor(uniform() * followers.length)] ?? this.#any(uniform);
    }
    return `${written.join(' ')}.`;
  }

  #any(uniform: () => number): string {
    return this.#words[Math.floor(uniform() * this.#words.length)] ?? '';
  }
}
