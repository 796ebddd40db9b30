/** What is being watched. `operation` is the prompt name, else the agent name, else the span name without the model. */
export interface TargetKey {
  readonly service: string;
  readonly environment: string;
  readonly operation: string;
}

/** `support-bot · production · support-triage`: how a target is called in messages and pages. */
export function describeTarget(target: TargetKey): string {
  return [target.service, target.environment, target.operation].filter((part) => part !== '').join(' · ');
}
