import { type ContentMode, stricter, type TargetKey } from '../model/index.js';
import { type Config, targetConfig } from './config.js';

type ContentConfig = Pick<Config, 'content' | 'targets'>;

/** What is kept of the content of targets, and of what cannot be laid to one of a service's targets. */
export interface ConfiguredContent {
  modeOf(target: TargetKey): ContentMode;
  /** The strictest mode of the targets that a service may have in an environment. */
  strictestOf(service: string, environment: string): ContentMode;
  /** The strictest mode of all targets. */
  readonly strictest: ContentMode;
  /** Is it the same for all? */
  readonly isUniform: boolean;
}

/** The modes that `content` and `targets[].content` give; of the entries the first that matches a target counts. */
export function contentPolicy(config: ContentConfig): ConfiguredContent {
  return {
    modeOf: (target) => targetConfig(config, target)?.content ?? config.content,
    strictestOf: (service, environment) => strictestOf(config, service, environment),
    strictest: config.targets.reduce((mode, { content }) => stricter(mode, content ?? config.content), config.content),
    isUniform: config.targets.every(({ content = config.content }) => content === config.content),
  };
}

/** Entries behind one that matches every operation of the service are never asked. */
function strictestOf({ targets, content }: ContentConfig, service: string, environment: string): ContentMode {
  const fits = (pattern: string, value: string) => pattern === '*' || pattern === value;
  let mode: ContentMode = 'full';
  for (const { match, content: own = content } of targets) {
    if (!fits(match.service, service) || !fits(match.environment, environment)) continue;
    mode = stricter(mode, own);
    if (match.operation === '*') return mode;
  }
  return stricter(mode, content);
}
