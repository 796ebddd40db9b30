import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** What waits for traffic, watermarks and restarts starts first, so that the short files fill the gaps around it. */
const FIRST = ['e2e/demo', 'e2e/cluster', 'e2e/crash', 'e2e/cli', '.browser.test', '.engine.test'];

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = FIRST.findIndex((part) => moduleId.includes(part));
      return index === -1 ? FIRST.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
