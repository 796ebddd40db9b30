/** Scores beyond are cut: no single output decides a block, and no product overflows. */
const MAX_SCORE = 8;

/**
 * ln of the chance of the true labels in a block under weights e^score, relative to that of labels drawn at random.
 *
 * Σ_candidate s - ln[ e_k(e^s) / C(m, k) ], with e_k the elementary symmetric polynomial: the conditional logistic likelihood
 * of the block (Breslow and Day 1980), divided by its value at zero. Averaged over all C(m, k) labellings its exponential is
 * exactly 1, so that with scores that depend on the past and on unlabelled outputs only, the product over blocks is a
 * martingale while labels are exchangeable within blocks.
 * @param scores of the baseline's outputs, then of the candidate's
 */
export function labelLogE(scores: Float64Array, candidates: number): number {
  const units = scores.length;
  if (candidates === 0 || candidates === units) return 0;
  const centre = scores.reduce((sum, score) => sum + score, 0) / units;
  // polynomial[k] holds e_k / C(units so far, k): a mean over subsets, which neither overflows nor loses digits.
  const polynomial = new Float64Array(candidates + 1);
  polynomial[0] = 1;
  let gain = 0;
  for (let index = 0; index < units; index++) {
    const score = Math.max(-MAX_SCORE, Math.min(MAX_SCORE, (scores[index] ?? 0) - centre));
    if (index >= units - candidates) gain += score;
    const weight = Math.exp(score);
    const seen = index + 1;
    for (let k = Math.min(candidates, seen); k >= 1; k--) {
      const without = k < seen ? ((seen - k) / seen) * (polynomial[k] ?? 0) : 0;
      polynomial[k] = without + (k / seen) * weight * (polynomial[k - 1] ?? 0);
    }
  }
  return gain - Math.log(polynomial[candidates] ?? 1);
}
