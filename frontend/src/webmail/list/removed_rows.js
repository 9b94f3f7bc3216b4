// Rows that an act takes away before the server did it, and that come back if it does not.

/**
 * @param {HTMLElement} box the rows of the list
 * @param {MessageRow[]} rows
 * @returns {() => MessageRow[]} puts them back where they were, unless they came back meanwhile; those that it put
 */
export function removeRows(box, rows) {
  const places = rows.map((row) => {
    const place = { row, chunk: row.closest(".chunk"), next: row.nextElementSibling };
    row.remove();
    return place;
  });
  return () =>
    places
      .reverse() // the next is there when its neighbour looks for it
      .filter(({ row, chunk, next }) => {
        const isListed = box.querySelector(`li.row[data-ref="${CSS.escape(row.dataset.ref)}"]`);
        if (isListed || !chunk.loaded || !chunk.isConnected) return false;
        chunk.insertBefore(row, next?.parentElement === chunk ? next : null);
        return true;
      })
      .map(({ row }) => row);
}
