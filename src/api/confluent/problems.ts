import { COMPATIBILITY_MODES } from '../../catalog/index.js';

/** An error as Confluent's clients know it: an HTTP status and a code of its own. */
export class ConfluentProblem extends Error {
  readonly status: number;
  readonly errorCode: number;

  constructor(status: number, errorCode: number, message: string) {
    super(message);
    this.name = 'ConfluentProblem';
    this.status = status;
    this.errorCode = errorCode;
  }
}

export const subjectNotFound = (subject: string) => new ConfluentProblem(404, 40401, `Subject '${subject}' not found.`);
export const versionNotFound = (version: number) => new ConfluentProblem(404, 40402, `Version ${version} not found.`);
export const schemaNotFound = () => new ConfluentProblem(404, 40403, 'Schema not found');
export const rulesNotFound = (subject: string) =>
  new ConfluentProblem(404, 40408, `Subject '${subject}' does not have subject-level compatibility configured`);
export const invalidSchema = (reason: string) => new ConfluentProblem(422, 42201, `Invalid schema: ${reason}`);
export const invalidVersion = (version: string) =>
  new ConfluentProblem(
    422,
    42202,
    `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
  );
export const invalidRules = (reason: string) =>
  new ConfluentProblem(
    422,
    42203,
    `Invalid compatibility level: ${reason}. Valid values are ${COMPATIBILITY_MODES.join(', ')}`,
  );
export const incompatible = (subject: string, reasons: readonly string[]) =>
  new ConfluentProblem(
    409,
    409,
    `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: ${JSON.stringify(reasons)}`,
  );
