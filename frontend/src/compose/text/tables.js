// Tables of the text: Tab goes from cell to cell, and a bar at its foot adds and removes rows and columns.
/** @typedef {import("squire-rte").default} Squire */
/** @typedef {HTMLTableCellElement} Cell */

/** @type {[act: string, words: string][]} */
const ACTS = [
  ["addRow", "Ajouter une ligne"],
  ["removeRow", "Retirer la ligne"],
  ["addColumn", "Ajouter une colonne"],
  ["removeColumn", "Retirer la colonne"],
  ["removeTable", "Supprimer le tableau"],
];
const CELL = '<td style="border: 1px solid #8a8a8a; padding: 4px 8px"><br></td>';

export class Tables {
  /**
   * @param {HTMLElement} root
   * @param {Squire} squire
   * @param {() => void} onChange
   */
  constructor(root, squire, onChange) {
    this.root = root;
    this.squire = squire;
    this.onChange = onChange;
    this.bar = this.#bar();
    (root.closest(".paper") ?? root).before(this.bar); // before the text: Shift+Tab in the first cell reaches it
    // outside tables, on to the next control
    squire.setKeyHandler("Tab", (_, event) => this.#step(event, 1));
    squire.setKeyHandler("Shift-Tab", (_, event) => this.#step(event, -1));
    document.querySelector("#table-put").addEventListener("click", () => this.#insertAsked());
    document.addEventListener("selectionchange", () => this.#follow());
    root.addEventListener("focus", () => this.#follow());
  }

  // The table that its dialog asks for, the caret in its first cell.
  #insertAsked() {
    const dialog = document.querySelector("#table-dialog");
    const [rows, columns] = ["rows", "columns"].map((name) => {
      const field = dialog.querySelector(`#table-${name}`);
      return Math.max(1, Math.min(Number(field.max), Math.round(Number(field.value)) || 1));
    });
    dialog.close();
    const before = new Set(this.root.querySelectorAll("table"));
    this.squire.insertHTML(`${tableOf(rows, columns)}<div><br></div>`);
    const table = [...this.root.querySelectorAll("table")].find((candidate) => !before.has(candidate));
    if (table) this.#put(table.rows[0]?.cells[0]);
  }

  /** @returns {Cell | null} */
  get #cell() {
    const anchor = document.getSelection()?.anchorNode;
    const element = anchor instanceof Element ? anchor : anchor?.parentElement;
    const cell = element?.closest("td, th");
    return cell && this.root.contains(cell) ? cell : null;
  }

  #bar() {
    const bar = document.createElement("div");
    bar.className = "table-bar";
    bar.hidden = true;
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Tableau");
    for (const [act, words] of ACTS) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn quiet small";
      button.textContent = words;
      button.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
      button.addEventListener("click", () => this.#change(act));
      bar.append(button);
    }
    return bar;
  }

  #follow() {
    if (this.bar.contains(document.activeElement)) return;
    this.cell = this.#cell;
    this.bar.hidden = !this.cell;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} step
   */
  #step(event, step) {
    const cell = this.#cell;
    const table = cell?.closest("table");
    if (!cell || !table) return;
    /** @type {Cell[]} */
    const cells = [...table.querySelectorAll("td, th")].filter(
      (/** @type {Element} */ candidate) => candidate.closest("table") === table,
    );
    let next = cells[cells.indexOf(cell) + step];
    if (!next && step < 0) return; // out of the table by where one came in
    event.preventDefault();
    if (!next) {
      this.squire.saveUndoState();
      next = addRow(cell).cells[0];
      this.onChange();
    }
    this.#put(next);
  }

  /** @param {Cell | null | undefined} cell */
  #put(cell) {
    if (!cell) return;
    const range = document.createRange();
    range.selectNodeContents(cell);
    const isEmpty = !cell.textContent && !cell.querySelector("img");
    range.collapse(isEmpty);
    this.squire.focus();
    this.squire.setSelection(range);
    cell.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} act */
  #change(act) {
    const { cell } = this;
    if (!cell?.isConnected) return;
    const table = cell.closest("table");
    this.squire.saveUndoState();
    const next = CHANGES[act](cell, table);
    if (next) this.#put(next);
    else {
      const line = document.createElement("div");
      line.append(document.createElement("br"));
      table.replaceWith(line);
      const range = document.createRange();
      range.setStart(line, 0);
      this.squire.focus();
      this.squire.setSelection(range);
    }
    this.#follow();
    this.onChange();
  }
}

// Each returns the cell where one goes on; none when nothing is left of the table.
/** @type {Record<string, (cell: Cell, table: HTMLTableElement) => Cell | null | undefined>} */
const CHANGES = {
  addRow: (cell) => addRow(cell).cells[Math.min(cell.cellIndex, rowOf(cell).cells.length - 1)],
  removeRow: (cell, table) => {
    const row = rowOf(cell);
    const near = table.rows[row.rowIndex + 1] ?? table.rows[row.rowIndex - 1];
    row.remove();
    return near?.cells[Math.min(cell.cellIndex, near.cells.length - 1)];
  },
  addColumn: (cell, table) => {
    const place = cell.cellIndex;
    for (const row of table.rows) row.cells[Math.min(place, row.cells.length - 1)]?.after(emptyLike(cell));
    return /** @type {Cell | null} */ (cell.nextElementSibling);
  },
  removeColumn: (cell, table) => {
    const place = cell.cellIndex;
    const near = cell.nextElementSibling ?? cell.previousElementSibling;
    for (const row of [...table.rows]) {
      row.cells[place]?.remove();
      if (!row.cells.length) row.remove();
    }
    return /** @type {Cell | null} */ (near);
  },
  removeTable: () => null,
};

/**
 * @param {Cell} cell
 * @returns {HTMLTableRowElement}
 */
function addRow(cell) {
  const former = rowOf(cell);
  const row = /** @type {HTMLTableRowElement} */ (former.cloneNode(false));
  for (const other of former.cells) row.append(emptyLike(other));
  former.after(row);
  return row;
}

/** @param {Cell} cell */
function emptyLike(cell) {
  const empty = document.createElement("td");
  const style = cell.getAttribute("style");
  if (style !== null) empty.setAttribute("style", style);
  empty.append(document.createElement("br"));
  return empty;
}

/**
 * @param {Cell} cell
 * @returns {HTMLTableRowElement}
 */
function rowOf(cell) {
  return cell.closest("tr");
}

/**
 * @param {number} rows
 * @param {number} columns
 */
function tableOf(rows, columns) {
  const row = `<tr>${CELL.repeat(columns)}</tr>`;
  return `<table style="border-collapse: collapse; width: 100%"><tbody>${row.repeat(rows)}</tbody></table>`;
}
