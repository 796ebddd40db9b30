/** The door of the catalogue: schemas as contracts between versions. Pure: values in, verdicts out. */
export { type Compatibility, type Counterexample, checkCompatibility } from './compatibility/check.js';
export type { Dialect } from './compatibility/dialect.js';
export { judgeSchemas, POLICIES, type Policy, type SchemaVerdict } from './compatibility/judge.js';
export { explainMode, explainToolChange, type Subject } from './contracts/explain.js';
export {
  COMPATIBILITY_MODES,
  type CompatibilityMode,
  judgeVersions,
  type ModeVerdict,
  versioned,
} from './contracts/modes.js';
export {
  type ContractPolicy,
  compareTools,
  OUTPUT_POLICY,
  TOOL_PARAMETERS_POLICY,
  type ToolChange,
  type ToolContract,
  type ToolSetVerdict,
} from './contracts/tools.js';
