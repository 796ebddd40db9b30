export const SURFACES = ['model', 'prompt', 'tools', 'context'] as const;

export type Surface = (typeof SURFACES)[number];

export interface Version {
  value: string;
  source: 'tagged' | 'derived' | 'missing';
}

export type Versions = Record<Surface, Version>;

/** The versions of the surfaces that a rollout changes. */
export type Selector = Partial<Record<Surface, string>>;

export interface Target {
  targetId: string;
  service: string;
  environment: string;
  operation: string;
}
