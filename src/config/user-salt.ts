import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, LeewayError } from '../model/index.js';
import type { Config } from './config.js';

const SALT_BYTES = 32;
const SALT_FILE = 'user-salt';
const OWNER_ONLY = 0o600;

/** The key of the hash of user ids, and whether other processes have the same. */
export interface UserSalt {
  readonly salt: string;
  readonly isOfThisDirectory: boolean;
}

/**
 * The configured salt, else one that is made at random in the data directory at the first start: a hash without a salt
 * tells everybody who can guess an id whether it is there.
 * @throws LeewayError LEEWAY_CONFIG_INVALID when the configured salt is empty, or the file cannot be read or written
 */
export function userSalt(config: Pick<Config, 'userSalt' | 'secret' | 'dataDirectory'>): UserSalt {
  if (config.userSalt === undefined) return { salt: saltOfDirectory(config.dataDirectory), isOfThisDirectory: true };
  const salt = config.secret(config.userSalt);
  if (salt === '')
    throw new LeewayError('LEEWAY_CONFIG_INVALID', 'userSalt is empty; `openssl rand -hex 32` makes one');
  return { salt, isOfThisDirectory: false };
}

function saltOfDirectory(directory: string): string {
  const path = join(directory, SALT_FILE);
  try {
    mkdirSync(directory, { recursive: true });
    return readSalt(path) ?? createSalt(path);
  } catch (error) {
    if (error instanceof LeewayError) throw error;
    throw new LeewayError('LEEWAY_CONFIG_INVALID', `${path}: ${errorMessage(error)}`, { cause: error });
  }
}

/** `null` when there is none. */
function readSalt(path: string): string | null {
  let salt: string;
  try {
    salt = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (isProblem(error, 'ENOENT')) return null;
    throw error;
  }
  if (new RegExp(`^[0-9a-f]{${2 * SALT_BYTES}}$`).test(salt)) return salt;
  throw new LeewayError(
    'LEEWAY_CONFIG_INVALID',
    `${path} does not hold ${SALT_BYTES} bytes in hex. Put it back from a backup; without it the hashes of known users change.`,
  );
}

/** Written whole under another name and then linked: no start ever finds half of it, and of two starts one wins. */
function createSalt(path: string): string {
  const salt = randomBytes(SALT_BYTES).toString('hex');
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    const file = openSync(draft, 'wx', OWNER_ONLY);
    try {
      writeSync(file, `${salt}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(draft, path);
    return salt;
  } catch (error) {
    const made = isProblem(error, 'EEXIST') ? readSalt(path) : null;
    if (made === null) throw error;
    return made;
  } finally {
    rmSync(draft, { force: true });
  }
}

function isProblem(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
