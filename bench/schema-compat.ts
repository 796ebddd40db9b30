import { parseArgs } from 'node:util';
import { readCases } from './schema-compat/case-file.js';
import { type Score, scoreCases } from './schema-compat/score.js';

/**
 * `npm run schema-compat -- FILE… [--json]`: pairs of schemas whose compatibility others have decided, through Leeway's
 * checker. Prints where they agree; fails when a "compatible" is proven wrong.
 */
function main(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  if (positionals.length === 0) {
    console.error('usage: npm run schema-compat -- FILE… [--json] (a file of cases, or a directory of them)');
    return 2;
  }
  const score = scoreCases(positionals.flatMap(readCases));
  if (values.json) console.log(JSON.stringify(score));
  else show(score);
  return score.unsound === 0 ? 0 : 1;
}

function show({ disagreements, ...figures }: Score): void {
  for (const { id, description, policy, expected, got, why } of disagreements) {
    console.log(`${id} (${description}): expected ${expected}, got ${got} (${policy}): ${why}`);
  }
  console.log(JSON.stringify(figures));
}

process.exitCode = main(process.argv.slice(2));
