export { type Change, type ChangeFeed, type ChangeTopic, createChangeFeed } from './changes.js';
export type { HealthSource, Intake, OperatorDesk, PersonalNote, Readiness, ServerParts } from './ports.js';
export type { DeploymentInput, OutcomeInput, ServiceStatus } from './schemas.js';
export { createServer } from './server.js';
