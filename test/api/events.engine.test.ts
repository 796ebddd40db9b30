import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startEngine } from '../support/engine.js';
import { startApi } from './api-client.js';

const database = await startEngine();

interface Listener {
  readonly headers: Record<string, unknown>;
  /** Resolves with everything that was heard once it matches. */
  until(pattern: RegExp): Promise<string>;
  readonly ended: Promise<void>;
  close(): void;
}

function listen(url: string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/api/v1/events`, { agent: false }, (response) => {
      let heard = '';
      const waiting = new Set<() => void>();
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        heard += text;
        for (const check of waiting) check();
      });
      resolve({
        headers: response.headers,
        until: (pattern) =>
          new Promise((found) => {
            const check = () => {
              if (!pattern.test(heard)) return;
              waiting.delete(check);
              found(heard);
            };
            waiting.add(check);
            check();
          }),
        ended: new Promise((ended) => response.once('end', ended)),
        close: () => request.destroy(),
      });
    });
    request.once('error', reject);
  });
}

describe('the stream of changes', () => {
  it('tells every listener, and what comes together once', async () => {
    const api = await startApi(database);
    const [first, second] = await Promise.all([listen(api.url), listen(api.url)]);
    expect(first.headers['content-type']).toBe('text/event-stream');
    api.parts.changes.publish(['rollouts']);
    api.parts.changes.publish(['incidents', 'rollouts']);
    for (const listener of [first, second]) {
      const heard = await listener.until(/event: change\ndata: .*\n\n/);
      expect(heard.match(/event: change/g)).toHaveLength(1);
      expect(heard).toContain('"topics":["rollouts","incidents"]');
    }
    first.close();
    second.close();
  });

  it('hears of a declared rollout', async () => {
    const api = await startApi(database);
    const listener = await listen(api.url);
    await api.post('/api/v1/rollouts', {
      target: { service: 's', operation: 'o' },
      baseline: { prompt: 'a' },
      candidate: { prompt: 'b' },
    });
    expect(await listener.until(/event: change/)).toContain('"rollouts"');
    listener.close();
  });

  it('ends when the server closes, so that it can', async () => {
    const api = await startApi(database);
    const listener = await listen(api.url);
    await api.close();
    await listener.ended;
  });

  it('takes a bounded number of listeners, and new ones when others have left', async () => {
    const api = await startApi(database);
    const listeners = await Promise.all(Array.from({ length: 200 }, () => listen(api.url)));
    const refused = await fetch(`${api.url}/api/v1/events`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
    expect(await refused.json()).toMatchObject({ code: 'LEEWAY_BUSY' });
    listeners[0]?.close();
    await expect.poll(async () => (await api.get('/metrics')).text).toContain('leeway_http_event_streams 199');
    (await listen(api.url)).close();
    for (const listener of listeners) listener.close();
  });
});
