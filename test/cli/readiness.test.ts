import { describe, expect, it } from 'vitest';
import { readiness } from '../../src/cli/commands/readiness.js';
import { parseReadinessOptions } from '../../src/cli/readiness/options.js';

const ASKED = ['--target', 't', '--kind', 'field', '--name', 'refund.reason'];

describe('leeway readiness', () => {
  it('takes short words for kinds and the names of the API, and finds the service by its port', () => {
    expect(parseReadinessOptions(ASKED, { LEEWAY_PORT: '4400' })).toEqual({
      ...{ url: 'http://127.0.0.1:4400', target: 't', kind: 'tool_field', name: 'refund.reason' },
      ...{ holdSeconds: 86_400, json: false },
    });
    const options = parseReadinessOptions([...ASKED, '--kind', 'tools_version', '--url', 'https://l.example/x/'], {});
    expect(options).toMatchObject({ kind: 'tools_version', url: 'https://l.example/x' });
  });

  it.each([
    [['--target', 't', '--kind', 'prompt'], '--name is missing'],
    [[...ASKED, '--kind', 'constructor'], '--kind must be one of prompt|model|tools'],
    [[...ASKED, '--hold-seconds', '1d'], '--hold-seconds must be a whole number'],
    [[...ASKED, '--url', 'file:///etc'], '--url must be an http'],
    [[...ASKED, '--hold'], 'Unknown option'],
    [[...ASKED, '--url', 'http://127.0.0.1:1'], 'http://127.0.0.1:1/api/v1/readiness'],
  ])('says what is wrong with %j', async (args, problem) => {
    const err: string[] = [];
    const io = { out: () => {}, err: (line: string) => err.push(line), env: {}, signal: new AbortController().signal };
    expect(await readiness.run(args, io)).toBe(2);
    expect(err[0]).toContain(problem);
  });
});
