/** The labelling is judged when the sample has doubled: what is seen at two looks is then different enough to be worth two. */
const FIRST_LOOK_PER_SIDE = 25;
const GROWTH = 2;

/** Shares of the level spent at the first looks (25, 50, 100, 200, 400 a side): most where canaries are usually decided. */
const FIRST_SHARES: readonly number[] = [0.05, 0.15, 0.3, 0.2, 0.15];

/** Outputs a side, in balanced blocks, from which look k (counted from 0) may be taken. */
export function lookAt(look: number): number {
  return FIRST_LOOK_PER_SIDE * GROWTH ** look;
}

/** Share of the level that may have been spent by look k: each later look takes half of what is left, without end. */
export function spentBy(look: number): number {
  let spent = 0;
  for (let index = 0; index <= look; index++) spent += FIRST_SHARES[index] ?? (1 - spent) / 2;
  return spent;
}
