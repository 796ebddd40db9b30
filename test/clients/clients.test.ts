import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../../src/package-file.js';
import { runClient } from './client-program.js';
import { ANSWERED, CLIENTS, type Client } from './expectations.js';
import { factsOf } from './generation-facts.js';
import { startProviders } from './provider-stub.js';
import { generationsOf, type Receivers, startReceivers } from './receivers.js';

/** Not part of Leeway's own dependencies; `npm test` installs them. */
const areInstalled = existsSync(packageFile('test/clients/node_modules'));
const received = new Map<string, Receivers>();

describe.skipIf(!areInstalled && !process.env['LEEWAY_REQUIRE_ALL'])('unmodified clients', () => {
  beforeAll(async () => {
    const providersUrl = await startProviders();
    const run = async ({ name, protocol }: Client) => {
      const receivers = await startReceivers();
      received.set(name, receivers);
      await runClient(name, protocol, receivers, providersUrl);
    };
    await Promise.all(CLIENTS.map(run));
  }, 120_000);

  describe.each(CLIENTS)('$name over $protocol', ({ name, protocol, otherSpans, common, generations }) => {
    const rows = () => generationsOf(received.get(name)?.batches ?? []);

    it('sends what is taken whole, and every call counts once', () => {
      const { reports = [], batches = [] } = received.get(name) ?? {};
      expect(reports.filter(({ status, rejectedItems }) => status !== 200 || rejectedItems > 0)).toEqual([]);
      expect(new Set(reports.map((report) => report.protocol))).toEqual(
        new Set([protocol === 'grpc' ? 'grpc' : 'http']),
      );
      expect(rows()).toHaveLength(generations.length);
      expect(batches.flatMap((batch) => batch.spans)).toHaveLength(generations.length + otherSpans);
    });

    it.each(generations.map(([asked, facts], index) => ({ asked, facts, index })))(
      'is read in every field: $asked',
      ({ facts, index }) => {
        const row = rows()[index];
        expect(row && factsOf(row)).toEqual({ ...ANSWERED, ...common, ...facts });
      },
    );
  });
});
