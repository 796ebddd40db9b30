import { at, elements, textAt } from '../json-content.js';
import { comment, MAX_WEBHOOK_NAME_LENGTH, optionalText, optionalTime, requiredText } from './fields.js';
import { type DeploymentEvent, deploymentEvent, ignored, type WebhookSource } from './source.js';
import { textSecretProblem, verifyBodySignature } from './verification.js';

/** Environments of one change that are read. */
const MAX_ENVIRONMENTS = 50;

/** Variations of a flag that are read. */
const MAX_VARIATIONS = 100;

/** A variation's value may be a whole prompt; one this long is no version, its name is. */
const MAX_VERSION_LENGTH = 128;

/** LaunchDarkly's weights: thousandths of a percent. */
const WHOLE_WEIGHT = 100_000;

/**
 * LaunchDarkly's webhooks: entries of its audit log. A change of what a flag serves by default in an environment
 * (switched on or off, another variation, other weights) is a deployment of the variation that gained most.
 * @see https://launchdarkly.com/docs/api/webhooks
 */
export const launchdarkly: WebhookSource = {
  type: 'launchdarkly',
  namesService: false,
  namesSurface: false,
  surface: null,
  secretProblem: textSecretProblem,
  verify: (request, secret) => verifyBodySignature(request, { name: 'x-ld-signature', secret }),
  read(payload) {
    const kind = requiredText(payload, 'kind');
    if (kind !== 'flag') return ignored(`a change of a ${kind} is no deployment`);
    const entry = requiredText(payload, '_id');
    const flag = optionalText(payload, 'currentVersion', 'key');
    if (flag === '' || at(payload, 'previousVersion') === undefined)
      return ignored('the entry does not say what the flag served before and what it serves now');
    const events = environmentsOf(payload).flatMap((environment) => {
      const change = changeIn(payload, environment);
      return change === null ? [] : [toEvent(payload, { entry, flag, environment, change })];
    });
    return events.length > 0
      ? { kind: 'events', events }
      : ignored(`what ${flag} serves by default did not change in any environment`);
  },
};

/** Environments that the entry is about: `proj/shop:env/production:flag/prompt`. */
function environmentsOf(payload: unknown): readonly string[] {
  const keys = elements(at(payload, 'accesses')).flatMap((access) => {
    const [, key] = /:env\/([^:;]{1,256}):flag\//.exec(textAt(access, 'resource') ?? '') ?? [];
    return key === undefined ? [] : [key];
  });
  return [...new Set(keys)].slice(0, MAX_ENVIRONMENTS);
}

interface Change {
  readonly gained: string;
  readonly lost: string;
  /** Share of the variation that gained, after the change. */
  readonly share: number;
}

/** The variations that gained and lost most of the default traffic; `null` when nothing moved. */
function changeIn(payload: unknown, environment: string): Change | null {
  const before = servedShares(at(payload, 'previousVersion'), environment);
  const after = servedShares(at(payload, 'currentVersion'), environment);
  const changes = [...new Set([...before.keys(), ...after.keys()])]
    .map((version) => ({ version, by: (after.get(version) ?? 0) - (before.get(version) ?? 0) }))
    .sort((a, b) => a.by - b.by);
  const [lost, gained] = [changes[0], changes.at(-1)];
  if (gained === undefined || gained.by <= 0) return null;
  return {
    gained: gained.version,
    lost: lost !== undefined && lost.by < 0 ? lost.version : '',
    share: after.get(gained.version) ?? 0,
  };
}

/** What a flag serves to those that no rule names: shares by version. */
function servedShares(flag: unknown, environment: string): ReadonlyMap<string, number> {
  const settings = at(flag, 'environments', environment);
  const shares = new Map<string, number>();
  const add = (index: unknown, weight: number) => {
    const version = versionAt(flag, index);
    if (version !== '') shares.set(version, (shares.get(version) ?? 0) + weight / WHOLE_WEIGHT);
  };
  if (at(settings, 'on') !== true) {
    add(at(settings, 'offVariation'), WHOLE_WEIGHT);
    return shares;
  }
  const rollout = elements(at(settings, 'fallthrough', 'rollout', 'variations'));
  if (rollout.length === 0) add(at(settings, 'fallthrough', 'variation'), WHOLE_WEIGHT);
  for (const part of rollout.slice(0, MAX_VARIATIONS)) {
    const weight = at(part, 'weight');
    if (typeof weight === 'number' && weight > 0) add(at(part, 'variation'), weight);
  }
  return shares;
}

/** A variation's value when it is a short text, else its name, else its number. */
function versionAt(flag: unknown, index: unknown): string {
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= MAX_VARIATIONS) return '';
  const variation = at(flag, 'variations', index);
  if (variation === undefined) return '';
  const value = at(variation, 'value');
  if (typeof value === 'string' && value !== '' && value.length <= MAX_VERSION_LENGTH) return value;
  const name = textAt(variation, 'name') ?? '';
  return name !== '' && name.length <= MAX_WEBHOOK_NAME_LENGTH ? name : `variation ${index}`;
}

function toEvent(
  payload: unknown,
  given: { readonly entry: string; readonly flag: string; readonly environment: string; readonly change: Change },
): DeploymentEvent {
  const { entry, flag, environment, change } = given;
  const share = change.share >= 1 ? '' : `${Math.round(change.share * 1000) / 10} % of the default traffic`;
  const member = [textAt(payload, 'member', 'firstName'), textAt(payload, 'member', 'lastName')].filter(Boolean);
  return deploymentEvent({
    eventId: `${entry} ${environment}`,
    atMs: optionalTime(payload, 'date'),
    subject: flag,
    environment,
    version: change.gained,
    previousVersion: change.lost,
    actor: member.join(' ').slice(0, MAX_WEBHOOK_NAME_LENGTH) || optionalText(payload, 'member', 'email'),
    comment: [`flag ${flag}`, share, comment(payload, 'comment')].filter((part) => part !== '').join('; '),
  });
}
