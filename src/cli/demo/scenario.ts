/** What the demo can play. */
export interface Scenario {
  readonly name: string;
  /** One sentence that sets the scene. */
  readonly story: string;
  /** How the fleet's model takes prompt v13. */
  readonly behaviour: 'schema-break' | 'silent-failure' | 'healthy';
  /** The registry answers its webhook with 503 for this long after the first call. */
  readonly registryFailsForSeconds: number;
  /** Do people report how tickets ended? Without, only the traces tell. */
  readonly reportsOutcomes: boolean;
  readonly expected: 'rollback' | 'no_rollback';
  /** The metric that must have seen it; empty when nothing is to be seen. */
  readonly blame: string;
}

export const SCENARIOS: readonly [Scenario, ...Scenario[]] = [
  {
    name: 'schema-break',
    story: 'Prompt v13 breaks one structured output in twenty.',
    behaviour: 'schema-break',
    registryFailsForSeconds: 0,
    reportsOutcomes: false,
    expected: 'rollback',
    blame: 'compliance',
  },
  {
    name: 'healthy',
    story: 'Prompt v13 is as good as v12.',
    behaviour: 'healthy',
    registryFailsForSeconds: 0,
    reportsOutcomes: true,
    expected: 'no_rollback',
    blame: '',
  },
  {
    name: 'silent-failure',
    story: 'Prompt v13 keeps its outputs valid, but one ticket in seven ends up on the wrong desk.',
    behaviour: 'silent-failure',
    registryFailsForSeconds: 0,
    reportsOutcomes: true,
    expected: 'rollback',
    blame: 'task_success',
  },
  {
    name: 'registry-down',
    story: 'Prompt v13 breaks one structured output in twenty, and the registry is down when it is needed.',
    behaviour: 'schema-break',
    registryFailsForSeconds: 20,
    reportsOutcomes: false,
    expected: 'rollback',
    blame: 'compliance',
  },
];
