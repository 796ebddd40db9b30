import { type Steps, wholly } from './steps.js';

/** The list with every item changed; the list itself when no item is another than before. */
export function unlessSame<Item>(items: readonly Item[], change: (item: Item) => Item): readonly Item[] {
  return wholly(unlessSameInSteps(items, change));
}

/** The same, an item a step. */
export function* unlessSameInSteps<Item>(items: readonly Item[], change: (item: Item) => Item): Steps<readonly Item[]> {
  let changed: Item[] | null = null;
  for (const [index, item] of items.entries()) {
    yield;
    const other = change(item);
    if (other !== item) changed ??= items.slice(0, index);
    changed?.push(other);
  }
  return changed ?? items;
}
