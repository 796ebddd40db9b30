import { describe, expect, it } from 'vitest';
import { isOwn, startOwnTelemetry } from '../../src/telemetry/otel.js';

const own = { host: '127.0.0.1', port: 4318 };

describe('own telemetry', () => {
  it.each([
    ['http://127.0.0.1:4318', true],
    ['http://localhost:4318/v1/traces', true],
    ['http://[::1]:4318', true],
    ['http://127.0.0.1:4319', false],
    ['http://collector.example:4318', false],
    ['https://collector.example', false],
    ['not a URL', false],
  ])('%s is Leeway itself: %s', (endpoint, expected) => {
    expect(isOwn(endpoint, own)).toBe(expected);
  });

  it('knows its own name when it listens elsewhere', () => {
    expect(isOwn('http://leeway.internal:80', { host: 'leeway.internal', port: 80 })).toBe(true);
    expect(isOwn('http://leeway.internal', { host: 'leeway.internal', port: 80 })).toBe(true);
  });

  it('is off without an endpoint, and never sent to itself', async () => {
    const log: string[] = [];
    expect(await startOwnTelemetry(undefined, own, (line) => log.push(line))).toBeNull();
    expect(await startOwnTelemetry('http://localhost:4318', own, (line) => log.push(line))).toBeNull();
    expect(log).toEqual([expect.stringContaining('is Leeway itself')]);
  });
});
