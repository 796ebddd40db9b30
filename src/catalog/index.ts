/** The door of the catalogue: versions and their contents, schemas as contracts between them. Pure: values in, verdicts out. */
export { structuralDiff } from './artifacts/structural-diff.js';
export { type DiffHunk, textDiff } from './artifacts/text-diff.js';
export { checkCompatibility } from './compatibility/check.js';
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
export {
  HOLD_PARTS,
  judgeRemoval,
  MINIMUM_GENERATIONS,
  MINIMUM_PARTS,
  REMOVAL_STATES,
  type UsageFacts,
} from './readiness/readiness.js';
export { declaredFields, digestOf, readTools, toolIn } from './registry/definitions.js';
export { judgeTool, type SubjectRules, type ToolVerdict } from './registry/judge-tool.js';
export { readSubject, schemaId, toolSubject } from './registry/subjects.js';
export { type ToolDeclaration, type ToolSighting, type ToolVersion, toolVersions } from './registry/tool-versions.js';
