import type { Config, NotifierConfig } from '../../config/index.js';
import type { Notifier, NotifierParts } from './notifier.js';
import { createPagerDutyNotifier } from './pagerduty.js';
import { createSlackNotifier } from './slack.js';

type Secret = Config['secret'];
type ConfigOf<Type extends NotifierConfig['type']> = Extract<NotifierConfig, { type: Type }>;
type Create<Type extends NotifierConfig['type']> = (
  config: ConfigOf<Type>,
  secret: Secret,
  parts: NotifierParts,
) => Notifier;

/** A new notifier is one file beside this one, its configuration in src/config/schema.ts, and one line here. */
const CREATE: { readonly [Type in NotifierConfig['type']]: Create<Type> } = {
  slack: (config, secret, parts) => createSlackNotifier(config.name, () => secret(config.url), parts),
  pagerduty: (config, secret, parts) =>
    createPagerDutyNotifier({ name: config.name, url: config.url, routingKey: () => secret(config.routingKey) }, parts),
};

/**
 * The configured notifiers.
 * @throws LeewayError LEEWAY_DESTINATION_REFUSED when one of them may never be called
 */
export function createNotifiers(config: Pick<Config, 'notifiers' | 'secret'>, parts: NotifierParts): Notifier[] {
  return config.notifiers.map((notifier) => create(notifier, config.secret, parts));
}

function create<Type extends NotifierConfig['type']>(config: ConfigOf<Type>, secret: Secret, parts: NotifierParts) {
  const type: Type = config.type;
  return CREATE[type](config, secret, parts);
}

export type { Notifier, NotifierParts } from './notifier.js';
