/** Surfaces whose coalitions are all counted; 2^5 coalitions are the most that rollouts need. */
const MAX_PLAYERS = 12;

/**
 * Shapley values: how much of the change each surface accounts for, averaged over all orders in which the surfaces could
 * have been changed. They sum to the value with all changed minus the value with none.
 * φ_j = Σ_S |S|! (k-|S|-1)! / k! · [v(S ∪ j) - v(S)].
 * @param players names, at most 12
 * @param value rate with exactly these changed: a measured arm, or a model's prediction (then say so where it is shown)
 * @throws RangeError when there are too many, or a value is not a finite number.
 */
export function shapley<Player>(
  players: readonly Player[],
  value: (changed: readonly Player[]) => number,
): Map<Player, number> {
  const k = players.length;
  if (k > MAX_PLAYERS) throw new RangeError(`at most ${MAX_PLAYERS} surfaces, got ${k}`);
  const values = Array.from({ length: 2 ** k }, (_, coalition) => {
    const members = players.filter((_, index) => (coalition >> index) & 1);
    const worth = value(members);
    if (!Number.isFinite(worth)) throw new RangeError(`value of [${members.join(', ')}] must be finite, got ${worth}`);
    return worth;
  });
  const weights = weightsBySize(k);
  return new Map(
    players.map((player, index) => {
      let sum = 0;
      for (const [coalition, worth] of values.entries()) {
        if ((coalition >> index) & 1) continue;
        sum += (weights[sizeOf(coalition)] ?? 0) * ((values[coalition | (1 << index)] ?? 0) - worth);
      }
      return [player, sum];
    }),
  );
}

/** |S|! (k-|S|-1)! / k! = 1 / (k · C(k-1, |S|)) for every size of S. */
function weightsBySize(k: number): number[] {
  let choices = 1;
  return Array.from({ length: k }, (_, size) => {
    if (size > 0) choices = (choices * (k - size)) / size;
    return 1 / (k * choices);
  });
}

function sizeOf(coalition: number): number {
  let size = 0;
  for (let rest = coalition; rest > 0; rest >>= 1) size += rest & 1;
  return size;
}
