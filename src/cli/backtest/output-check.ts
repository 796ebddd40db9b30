import { checkStructuredOutput } from '../../../collectors/index.js';
import { COMPLIANCE_COUNTED } from '../../model/index.js';
import type { OutputCheck } from './arms.js';
import { BacktestUsageError } from './options.js';

/**
 * The collector's own check of a structured output, as a score: 1 complies as it stands, 0 does not, `null` is not
 * counted (for example a text beyond the size limit).
 * @param schema JSON Schema; `null` asks only for JSON
 * @throws BacktestUsageError when the schema cannot be checked at all
 */
export function outputCheck(schema: unknown): OutputCheck {
  const probe = checkStructuredOutput('{}', schema);
  if (probe.compliance === 'not_checkable') throw new BacktestUsageError(`--schema: ${probe.reason}`);
  return (text) => {
    const { compliance } = checkStructuredOutput(text, schema);
    if (!COMPLIANCE_COUNTED.includes(compliance)) return null;
    return compliance === 'ok' ? 1 : 0;
  };
}
