import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BehaviourBlock, OUTPUT_READER } from '../../detectors/index.js';
import { InlineBehaviourRunner, ThreadBehaviourRunner } from '../../src/evaluation/behaviour/index.js';
import { packageFile } from '../../src/package-file.js';

function output(text: string, index: number) {
  return { id: `${text.length} ${index}`, fingerprint: OUTPUT_READER.fingerprint(text).features };
}

const BLOCKS: BehaviourBlock[] = Array.from({ length: 40 }, (_, index) => ({
  baseline: [output(`Yes, item ${index} is here. It costs ${index} euros.`, index)],
  candidate: [output(`No!!! Item ${index}?\n\n- not here\n- not there`, index)],
}));

let lost = 0;
let runner: ThreadBehaviourRunner;

beforeAll(() => {
  runner = new ThreadBehaviourRunner(packageFile('dist/src/evaluation/behaviour/thread.js'), () => lost++);
});
afterAll(() => runner.close());

describe('the thread of the behaviour tests', () => {
  it('answers what the same blocks give in this thread', async () => {
    const work = { rolloutId: 'a', alpha: 0.01 };
    const inline = new InlineBehaviourRunner();
    for (const blocks of [BLOCKS.slice(0, 10), BLOCKS.slice(10)]) {
      expect(await runner.add({ ...work, blocks })).toEqual(await inline.add({ ...work, blocks }));
    }
    expect(await runner.add({ ...work, blocks: [] })).toMatchObject({ candidateN: 40, changed: true });
  });

  it('says what is wrong with a block, and goes on', async () => {
    const broken = { baseline: [{ id: 'x', fingerprint: [1, 2] }], candidate: [{ id: 'y', fingerprint: [1, 2] }] };
    await expect(runner.add({ rolloutId: 'b', alpha: 0.01, blocks: [broken] })).rejects.toThrow('fingerprint of x');
    expect(await runner.add({ rolloutId: 'c', alpha: 0.01, blocks: [] })).toMatchObject({ candidateN: 0 });
    expect(lost).toBe(0);
  });

  it('keeps the tests of rollouts apart, until they are forgotten', async () => {
    runner.forget('a');
    expect(await runner.add({ rolloutId: 'a', alpha: 0.01, blocks: [] })).toMatchObject({ candidateN: 0 });
  });

  it('says that the tests are gone when it dies', async () => {
    const dying = new ThreadBehaviourRunner(packageFile('dist/src/no-such-thread.js'), () => lost++);
    await expect(dying.add({ rolloutId: 'd', alpha: 0.01, blocks: [] })).rejects.toThrow('behaviour thread ended');
    expect(lost).toBe(1);
    await dying.close();
  });
});
