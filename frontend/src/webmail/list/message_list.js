// The list of messages: which rows are selected, which is open, which the keyboard is on.
import { RowChunks } from "./row_chunks.js";
import { itemsBetween, nearestLeft } from "./selection.js";

export class MessageList {
  /** @param {ListSection} section */
  constructor(section) {
    /** @type {ListSection} */
    this.section = section;
    /** @type {HTMLElement} */
    this.box = section.querySelector(".rows");
    this.whole = false; // everything the list shows is meant, beyond what is loaded
    this.searched = section.dataset.asked;
    this.folder = section.dataset.folder;
    this.use = section.dataset.use;
    /** @type {Set<string>} */
    this.selected = new Set();
    this.openRef = "";
    /** @type {string[]} the message opened last from a row, then those its row stood for */
    this.opened = [];
    // wherever the focus comes from, that row is the one the keys speak of
    this.box.addEventListener("focusin", (event) => {
      const row = event.target.closest("li.row");
      if (row && !row.roved) this.#rove(row);
    });
    this.chunks = new RowChunks(section, { onRow: (row) => this.#dress(row), onRows: () => this.#rove() });
    this.#rove();
  }

  close() {
    this.chunks.close();
  }

  get total() {
    return this.chunks.total;
  }

  // Not a number until the server tells.
  get unread() {
    return this.chunks.unread;
  }

  get query() {
    return this.chunks.query;
  }

  /** @returns {string} where its rows are asked for */
  get url() {
    return this.chunks.url;
  }

  /** @returns {MessageRow[]} */
  get rows() {
    return [...this.box.querySelectorAll("li.row")];
  }

  /**
   * @param {string} ref
   * @returns {MessageRow | null}
   */
  row(ref) {
    return this.box.querySelector(`li.row[data-ref="${CSS.escape(ref)}"]`);
  }

  // The row the keyboard is on.
  /** @returns {MessageRow | null} */
  get current() {
    return this.box.querySelector('li.row:has(a.open[tabindex="0"])') ?? this.box.querySelector("li.row");
  }

  /**
   * @param {MessageRow | null | undefined} row
   * @param {{scroll?: boolean}} options
   */
  focus(row, { scroll = true } = {}) {
    if (!row) return;
    this.#rove(row);
    row.querySelector("a.open").focus({ preventScroll: true });
    if (scroll) row.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {MessageRow} row
   * @param {number} step 1 or -1
   * @returns {Promise<MessageRow | null>}
   */
  async neighbour(row, step) {
    const rows = this.rows;
    const place = rows.indexOf(row);
    if (place < 0) return rows[0] ?? null;
    const next = rows[place + step];
    if (next) return next;
    const chunk = row.closest(".chunk");
    const other = step > 0 ? chunk.nextElementSibling : chunk.previousElementSibling;
    if (!other) return null;
    await this.chunks.load(other);
    const found = other.querySelectorAll("li.row");
    return (step > 0 ? found[0] : found[found.length - 1]) ?? null;
  }

  // `thread`: the conversation of what was open; a message of it without a row here leaves its row marked.
  /**
   * @param {string} ref
   * @param {string[]} thread
   */
  markOpen(ref, thread = []) {
    const before = this.openRow;
    if (ref && this.row(ref)) this.opened = this.#all(ref);
    this.openRef = ref && !this.row(ref) ? this.#standIn(ref, thread) : ref;
    const row = this.openRow;
    if (before) this.#dress(before);
    if (!row) return;
    this.#dress(row);
    if (!row.roved) this.#rove(row);
  }

  get openRow() {
    return this.openRef ? this.row(this.openRef) : null;
  }

  /**
   * @param {string} ref
   * @param {string[]} thread
   */
  #standIn(ref, thread) {
    const grouped = this.rows.find((row) => row.dataset.others?.split(" ").includes(ref));
    if (grouped) return grouped.dataset.ref;
    if (!thread.includes(ref)) return ref;
    return [this.openRef, ...thread].find((other) => thread.includes(other) && this.row(other)) ?? ref;
  }

  // A conversation's row stands for all of it, as one opened it: what came since has another row.
  /** @param {string[]} refs */
  conversationRefs(refs) {
    const found = refs.flatMap((ref) =>
      ref === this.opened[0] && !this.row(ref) ? this.opened : this.#all(ref),
    );
    return [...new Set(found)];
  }

  /** @param {string} ref */
  #all(ref) {
    return [ref, ...(this.row(ref)?.dataset.others?.split(" ") ?? [])];
  }

  // The row to go to once these are gone, what is read or what the keyboard is on among them: the next below, else above.
  /**
   * @param {string[]} refs
   * @param {string} openRef
   */
  after(refs, openRef) {
    const row = openRef && refs.includes(openRef) ? this.openRow : this.#under(refs);
    if (!row) return null;
    return nearestLeft(this.rows, row, (other) => refs.includes(other.dataset.ref));
  }

  /** @param {string[]} refs */
  #under(refs) {
    const row = this.current;
    return row && refs.includes(row.dataset.ref) && this.section.contains(document.activeElement)
      ? row
      : null;
  }

  /** @param {number} offset */
  async goTo(offset) {
    const row = await this.chunks.reach(offset);
    if (row) this.focus(row, { scroll: false });
  }

  /**
   * @param {MessageRow} row
   * @param {boolean} on
   */
  select(row, on) {
    if (!on) this.whole = false;
    if (on) this.selected.add(row.dataset.ref);
    else this.selected.delete(row.dataset.ref);
    this.#dress(row);
  }

  /**
   * @param {MessageRow} from
   * @param {MessageRow} to
   */
  selectBetween(from, to) {
    for (const row of itemsBetween(this.rows, from, to)) this.select(row, true);
  }

  selectShown() {
    for (const row of this.rows) this.select(row, true);
  }

  unselect() {
    this.whole = false;
    this.selected.clear();
    for (const row of this.rows) this.#dress(row);
  }

  /**
   * What an act will do, shown at once.
   * @param {string[]} refs
   * @returns {() => void} shows them again
   */
  take(refs) {
    for (const ref of refs) this.selected.delete(ref);
    return this.chunks.take(refs);
  }

  // What the rows say besides what is in the mailbox changed: they are to be written anew.
  invalidateRows() {
    this.chunks.invalidateAll();
  }

  // What was taken is gone, or was refused: the server's word on them is the last again.
  /** @param {string[]} refs */
  settle(refs) {
    for (const ref of refs) this.chunks.going.delete(ref);
  }

  /**
   * @param {string[]} refs
   * @param {string} name of a class
   * @param {boolean} on
   * @returns {() => void} shows those that changed as they were
   */
  flag(refs, name, on) {
    const changed = refs.filter((ref) => this.row(ref) && this.row(ref)?.classList.contains(name) !== on);
    for (const ref of refs) {
      const row = this.row(ref);
      if (!row) continue;
      row.classList.toggle(name, on);
      if (name === "flagged") row.querySelector(".star").ariaPressed = String(on);
      this.chunks.invalidateRow(row);
    }
    return () => void this.flag(changed, name, !on);
  }

  /** @param {boolean} byItself nobody asked, the page learnt that something changed */
  async refresh(byItself = false) {
    await this.chunks.refresh(byItself);
  }

  /** @param {ListSection} section the same list, written more fully by another page */
  adopt(section) {
    this.chunks.adopt(section);
  }

  /** @param {MessageRow} row */
  #dress(row) {
    const isPicked = this.selected.has(row.dataset.ref);
    const isOpen = row.dataset.ref === this.openRef;
    row.classList.toggle("picked", isPicked);
    row.classList.toggle("on", isOpen);
    row.querySelector("input").checked = isPicked;
    if (isOpen) row.querySelector("a.open").setAttribute("aria-current", "true");
    else row.querySelector("a.open").removeAttribute("aria-current");
  }

  // One stop of the Tab key for the whole list; arrows go from row to row.
  /** @param {MessageRow} [to] */
  #rove(to) {
    const rows = this.rows;
    const kept = to ?? rows.find((row) => row.querySelector("a.open").tabIndex === 0 && row.roved) ?? rows[0];
    for (const row of rows) {
      const here = row === kept;
      row.roved = here;
      row.querySelector("a.open").tabIndex = here ? 0 : -1;
      row.querySelector("input").tabIndex = here ? 0 : -1;
    }
  }
}
