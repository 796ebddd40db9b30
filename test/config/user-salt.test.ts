import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig, userSalt } from '../../src/config/index.js';
import { temporaryDirectory } from '../support/engine.js';

function saltIn(dataDirectory: string) {
  return userSalt(loadConfig({ LEEWAY_DATA_DIR: dataDirectory }));
}

it('a data directory gets a random salt of its own, once, for its owner only', () => {
  const directory = join(temporaryDirectory(), 'data');
  const first = saltIn(directory);
  expect(first).toEqual({ salt: expect.stringMatching(/^[0-9a-f]{64}$/), isOfThisDirectory: true });
  expect(statSync(join(directory, 'user-salt')).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['user-salt']);
  expect(saltIn(directory)).toEqual(first);
  expect(saltIn(temporaryDirectory()).salt).not.toBe(first.salt);
});

it('a damaged salt is not replaced: it would give known users other hashes', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'user-salt'), 'abc');
  expect(() => saltIn(directory)).toThrow(/user-salt does not hold 32 bytes/);
  expect(readFileSync(join(directory, 'user-salt'), 'utf8')).toBe('abc');
});

it('a configured salt is taken as it is, and an empty one refused', () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'salt');
  const yaml = join(directory, 'leeway.yaml');
  writeFileSync(yaml, `userSalt: { file: ${file} }\n`);
  writeFileSync(file, 'pepper\n');
  const config = loadConfig({ LEEWAY_CONFIG: yaml, LEEWAY_DATA_DIR: directory });
  expect(userSalt(config)).toEqual({ salt: 'pepper', isOfThisDirectory: false });
  expect(existsSync(join(directory, 'user-salt'))).toBe(false);
  writeFileSync(file, '\n');
  expect(() => userSalt(config)).toThrow(/userSalt is empty/);
});
