// Which rows of a list are meant: between two, and the one to go to when some leave.

/**
 * Everything from one item to the other, both within, whichever comes first.
 * @template T
 * @param {readonly T[]} items
 * @param {T} from an item that is no longer there counts as the first
 * @param {T} to
 * @returns {T[]}
 */
export function itemsBetween(items, from, to) {
  const [start, end] = [items.indexOf(from), items.indexOf(to)].sort((a, b) => a - b);
  return items.slice(Math.max(start, 0), end + 1);
}

/**
 * The nearest item that stays when others leave: the next below, else above.
 * @template T
 * @param {readonly T[]} items
 * @param {T} item
 * @param {(item: T) => boolean} isLeaving
 * @returns {T | null}
 */
export function nearestLeft(items, item, isLeaving) {
  const place = items.indexOf(item);
  const candidates = [...items.slice(place + 1), ...items.slice(0, place).reverse()];
  return candidates.find((candidate) => !isLeaving(candidate)) ?? null;
}

/**
 * The next item that fits, below first, then from the top.
 * @template T
 * @param {readonly T[]} items
 * @param {T} item
 * @param {(item: T) => boolean} fits
 * @returns {T | null}
 */
export function nextAround(items, item, fits) {
  const place = items.indexOf(item);
  return [...items.slice(place + 1), ...items.slice(0, place + 1)].find(fits) ?? null;
}
