import { isJsonObject } from '../compatibility/json.js';

/**
 * The new arguments whose `default` makes the change look harmless: models do not apply defaults.
 *
 * @returns their names
 */
export function requiredWithDefault(before: unknown, now: unknown): string[] {
  const [old, required] = [namesAt(before), namesAt(now)];
  const properties = isJsonObject(now) && isJsonObject(now['properties']) ? now['properties'] : {};
  return required.filter((name) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return !old.includes(name) && isJsonObject(property) && Object.hasOwn(property, 'default');
  });
}

function namesAt(schema: unknown): string[] {
  const required = isJsonObject(schema) ? schema['required'] : undefined;
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}
