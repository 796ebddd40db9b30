import {
  BettingSequence,
  empiricalBernsteinSequence,
  hoeffdingSequence,
  logBettingGain,
  PredictableBets,
} from '../../../detectors/statistics/betting-confidence-sequence.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, pair, quantities } from '../family.js';

function answer(input: CaseInput): Answer {
  const scores = input.numbers('x');
  const alpha = input.number('alpha', 0.05);
  const half = Math.floor(scores.length / 2);
  const table = quantities({
    lambda: () => {
      const bets = betsOf(scores, alpha);
      return [0, 1, 2, half, scores.length - 1].map((index) => bets[index]);
    },
    predmix_hoeffding: () => pair(hoeffdingSequence(scores, alpha)),
    predmix_empbern_twosided: () => pair(empiricalBernsteinSequence(scores, alpha)),
    betting_cs_grid1000: () => {
      const sequence = new BettingSequence(alpha);
      for (const score of scores) sequence.add(score);
      return pair(sequence.interval());
    },
  });
  return (quantity) => (quantity === 'betting_mart' ? capitals(scores, alpha, half) : table(quantity));
}

function betsOf(scores: readonly number[], alpha: number): number[] {
  const bets = new PredictableBets(alpha);
  return scores.map((score) => {
    const bet = bets.next;
    bets.learn(score);
    return bet;
  });
}

/** Capital at n/2 - 1 and n - 1 by "mean,share of the gambler who bets upwards"; computed for the keys that are asked for. */
function capitals(scores: readonly number[], alpha: number, half: number): object {
  return new Proxy(
    {},
    {
      get: (_, key) => {
        const [mean = Number.NaN, upShare = Number.NaN] = String(key).split(',').map(Number);
        // A single gambler bets for α, each of two for α/2.
        const bets = betsOf(scores, upShare === 0 || upShare === 1 ? alpha : alpha / 2);
        const sums = { up: 0, down: 0 };
        const after = scores.map((score, index) => {
          const gain = logBettingGain(score, mean, bets[index] ?? 0);
          sums.up += gain.up;
          sums.down += gain.down;
          return Math.max(upShare * Math.exp(sums.up), (1 - upShare) * Math.exp(sums.down));
        });
        return [after[half - 1], after.at(-1)];
      },
    },
  );
}

export const bettingConfidenceSequences: Family = {
  name: 'betting_confidence_sequences',
  kinds: [{ needs: ['x', 'alpha'], answer }],
};
