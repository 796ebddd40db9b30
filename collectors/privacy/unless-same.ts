/** The list with every item changed; the list itself when no item is another than before. */
export function unlessSame<Item>(items: readonly Item[], change: (item: Item) => Item): readonly Item[] {
  let changed: Item[] | null = null;
  for (const [index, item] of items.entries()) {
    const other = change(item);
    if (other !== item) changed ??= items.slice(0, index);
    changed?.push(other);
  }
  return changed ?? items;
}
