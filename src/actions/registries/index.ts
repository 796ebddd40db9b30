import type { Config, WebhookRegistryConfig } from '../../config/index.js';
import type { Registry, RegistryParts } from './registry.js';
import { createWebhookRegistry } from './webhook.js';

type RegistryConfig = WebhookRegistryConfig;
type Create = (config: RegistryConfig, secret: Config['secret'], parts: RegistryParts) => Registry;

/** A new registry is one file beside this one, its configuration in src/config/schema.ts, and one line here. */
const CREATE: { readonly [Type in RegistryConfig['type']]: Create } = {
  webhook: ({ name, url, surfaces, secret: reference }, secret, parts) =>
    createWebhookRegistry({ name, url, surfaces, secret: () => secret(reference) }, parts),
};

/**
 * The configured registries.
 * @throws LeewayError LEEWAY_DESTINATION_REFUSED when one of them may never be called, LEEWAY_CONFIG_INVALID when its
 *   secret cannot sign
 */
export function createRegistries(config: Pick<Config, 'registries' | 'secret'>, parts: RegistryParts): Registry[] {
  return config.registries.map((registry) => CREATE[registry.type](registry, config.secret, parts));
}

export type { MoveEvidence, MoveRequest, Registry, RegistryParts } from './registry.js';
export { MAX_WEBHOOK_BYTES } from './webhook.js';
