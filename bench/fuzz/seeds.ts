import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageFile } from '../../src/package-file.js';

/** A body that a real client sent. */
export interface Seed {
  readonly name: string;
  readonly signal: 'traces' | 'logs';
  readonly encoding: 'protobuf' | 'json';
  readonly body: Buffer;
}

const FIXTURES = 'test/fixtures/otlp';
const NAME = /\.(traces|logs)\.(pb|json)$/;

/** Recorded bodies: of the captures beside the checkout where there are some, else the committed fixtures. */
export function readSeeds(sharedDirectory: string | undefined): Seed[] {
  const shared = join(sharedDirectory ?? join(dirname(packageFile('package.json')), '../shared'), 'captures');
  const directory = existsSync(shared) ? shared : packageFile(FIXTURES);
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const [, signal, extension] = NAME.exec(name) ?? [];
      if (signal !== 'traces' && signal !== 'logs') return [];
      const encoding = extension === 'json' ? ('json' as const) : ('protobuf' as const);
      return [{ name, signal, encoding, body: readFileSync(join(directory, name)) }];
    });
}
