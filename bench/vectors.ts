import { runVectors } from './vectors/run.js';
import { readVectorFiles } from './vectors/vector-file.js';

/** Longest form in which a value is shown. */
const MAX_SHOWN = 120;

/**
 * `npm run vectors -- DIR`: every case of every family in DIR (or in one file) through Leeway's statistics. Prints what
 * differs, lists what is left out, and fails when a case does.
 */
function main(location: string | undefined): number {
  if (location === undefined) {
    console.error('usage: npm run vectors -- DIR (a directory of test vectors, or one file)');
    return 2;
  }
  const report = runVectors(readVectorFiles(location));
  for (const [family, passed] of report.passedByFamily) {
    const failed = report.failures.filter((failure) => failure.family === family).length;
    console.log(
      `${failed === 0 ? 'ok  ' : 'FAIL'} ${family}: ${passed} passed${failed === 0 ? '' : `, ${failed} failed`}`,
    );
  }
  for (const { family, caseName, mismatches } of report.failures) {
    console.log(`\nFAILED ${family}: ${caseName}`);
    for (const { quantity, expected, got } of mismatches) {
      console.log(`  ${quantity}: expected ${shown(expected)}, got ${shown(got)}`);
    }
  }
  for (const { family, reason, cases } of report.leftOut) {
    console.log(`left out: ${family} (${cases} cases): ${reason}`);
  }
  console.log(`${report.passed} passed, ${report.failures.length} failed`);
  return report.failures.length === 0 ? 0 : 1;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

process.exitCode = main(process.argv[2]);
