import { describe, expect, it } from 'vitest';
import { comparedGroups } from '../../../detectors/watches/group-evidence.js';

const group = (name: string, n: number, failures: number) => ({ name, blocks: new Map([['0 0-4k', { n, failures }]]) });

describe('groups against the rest', () => {
  it('names the one that fails, and only it', () => {
    const groups = [group('pod-0', 200, 4), group('pod-1', 200, 60), group('pod-2', 200, 3)];
    expect(comparedGroups(groups, 1e-4)).toMatchObject([
      { name: 'pod-1', n: 200, failures: 60, rate: 0.3, restN: 400 },
    ]);
  });

  it('names none of groups that fail alike, and none when there is nothing to compare with', () => {
    expect(comparedGroups([group('a', 200, 20), group('b', 200, 22), group('c', 200, 18)], 1e-4)).toEqual([]);
    expect(comparedGroups([group('a', 200, 200)], 1e-4)).toEqual([]);
  });

  it('compares within blocks: a pod that served only during an outage is not to blame', () => {
    const outage = (n: number, failures: number) => ({ n, failures });
    const groups = [
      {
        name: 'old',
        blocks: new Map([
          ['0', outage(500, 5)],
          ['300', outage(100, 60)],
        ]),
      },
      { name: 'new', blocks: new Map([['300', outage(100, 62)]]) },
    ];
    expect(comparedGroups(groups, 1e-4)).toEqual([]);
  });
});
