// The rows of a list in chunks of fifty; those far from sight are emptied and keep their height, so a folder of
// 100,000 messages is scrolled like one of a hundred.
import { create } from "../../ui/dom.js";
import { IN_BACKGROUND, fetchFragment, tellRefusal } from "../../ui/http.js";
import { pointerReleased } from "../actions/drag_and_drop.js";
import { removeRows } from "./removed_rows.js";

const NEAR = 1200; // pixels above and below the window where rows are kept

export class RowChunks {
  /**
   * @param {ListSection} section
   * @param {{onRow: (row: MessageRow) => void, onRows: () => void}} list told each row that is put in the page, then that
   *   rows came or went
   */
  constructor(section, { onRow, onRows }) {
    this.section = section;
    this.onRow = onRow;
    this.onRows = onRows;
    /** @type {HTMLElement} */
    this.box = section.querySelector(".rows");
    this.size = Number(this.box.dataset.size);
    this.total = Number(this.box.dataset.total);
    this.unread = NaN; // not told yet
    /** @type {string} */
    this.url = this.box.dataset.rows ?? "";
    this.query = section.dataset.query;
    /** @type {Set<string>} */
    this.going = new Set(); // taken away here, maybe not yet where they are kept
    /** @type {Chunk[]} */
    this.all = [];
    this.watcher = new IntersectionObserver((entries) => this.#seen(entries), {
      root: this.box,
      rootMargin: `${NEAR}px 0px`,
    });
    const first = this.box.querySelector(".chunk");
    for (const row of first.children) row.written = row.outerHTML;
    first.loaded = true;
    this.#watch(first);
    this.#fit();
    this.#headings();
  }

  close() {
    this.watcher.disconnect();
  }

  /**
   * The row at that place of the list, loaded and in sight.
   * @param {number} offset
   * @returns {Promise<MessageRow | null>}
   */
  async reach(offset) {
    const place = Math.max(0, Math.min(offset, this.total - 1));
    const chunk = this.all[Math.floor(place / this.size)];
    if (!chunk) return null;
    chunk.scrollIntoView({ block: "start" });
    await this.load(chunk);
    const row = chunk.querySelectorAll("li.row")[place % this.size] ?? chunk.querySelector("li.row");
    row?.scrollIntoView({ block: "start" });
    return row;
  }

  /**
   * What an act will do, shown at once: these rows go.
   * @param {string[]} refs
   * @returns {() => void} puts them back where they were, unless they came back meanwhile
   */
  take(refs) {
    const before = this.total;
    for (const ref of refs) this.going.add(ref);
    const rows = [...this.box.querySelectorAll("li.row")].filter((row) => this.going.has(row.dataset.ref));
    for (const row of rows) this.invalidateRow(row);
    const putBack = removeRows(this.box, rows);
    this.total = Math.max(0, this.total - refs.length);
    this.#headings();
    this.onRows();
    return () => {
      if (this.total < before) this.total = before;
      for (const row of putBack()) this.onRow(row);
      this.#headings();
      this.onRows();
    };
  }

  /** @param {MessageRow} row that no longer shows what the server said */
  invalidateRow(row) {
    row.written = "";
    row.closest(".chunk").etag = null;
  }

  invalidateAll() {
    for (const chunk of this.all) chunk.etag = null;
  }

  /** @param {boolean} byItself nobody asked, the page learnt that something changed */
  async refresh(byItself) {
    this.byItself = byItself;
    const anchor = this.#anchor();
    const loaded = this.all.filter((chunk) => chunk.loaded);
    await Promise.all([...new Set([this.all[0], ...loaded])].map((chunk) => this.load(chunk, true)));
    this.byItself = false;
    this.#fit();
    this.#restore(anchor);
  }

  /** @param {ListSection} section the same list, written more fully by another page */
  adopt(section) {
    this.total = Number(section.querySelector(".rows").dataset.total);
    this.#fill(this.all[0], section.querySelector(".chunk").innerHTML);
    this.#fit();
    this.section.dispatchEvent(new CustomEvent("mail:listed"));
  }

  /**
   * @param {Chunk} chunk
   * @param {boolean} again
   * @returns {Promise<void>}
   */
  async load(chunk, again = false) {
    if (chunk.busy) {
      chunk.again ||= again; // what is on its way may be older than what is asked for
      return chunk.busy.catch(() => {});
    }
    if (chunk.loaded && !again) return undefined;
    const query = new URLSearchParams(this.query);
    query.set("offset", chunk.dataset.offset);
    chunk.busy = this.#fetch(chunk, `${this.url}?${query}`);
    try {
      await chunk.busy;
    } catch (error) {
      tellRefusal(error);
    } finally {
      chunk.busy = null;
    }
    if (!chunk.again) return undefined;
    chunk.again = false;
    return this.load(chunk, true);
  }

  /**
   * @param {Chunk} chunk
   * @param {string} url
   */
  async #fetch(chunk, url) {
    /** @type {Record<string, string>} */
    const known = chunk.loaded && chunk.etag ? { "If-None-Match": chunk.etag } : {};
    const answer = await fetchFragment(url, { ...known, ...(this.byItself ? IN_BACKGROUND : {}) });
    const total = Number(answer.headers.get("X-Total"));
    this.unread = Number(answer.headers.get("X-Unread"));
    if (answer.status !== 304) {
      const html = await answer.text();
      await pointerReleased();
      const isWhole = this.#fill(chunk, html);
      chunk.etag = isWhole ? answer.headers.get("ETag") : null; // « unchanged » would not bring back a row left out
    }
    if (Number.isFinite(total)) this.total = total;
    this.#fit();
    this.section.dispatchEvent(new CustomEvent("mail:listed"));
  }

  /**
   * New rows in place of the old; those that say the same stay the very same nodes.
   * @param {Chunk} chunk
   * @param {string} html
   * @returns {boolean} whether all of them are shown
   */
  #fill(chunk, html) {
    const focusedRef = document.activeElement?.closest?.("li.row")?.dataset.ref;
    const part =
      chunk.contains(document.activeElement) && document.activeElement?.matches("input") ? "input" : "a.open";
    const template = create("template");
    template.innerHTML = html;
    const gone = rowsOf(template.content).filter((row) => this.going.has(row.dataset.ref));
    for (const row of gone) row.remove(); // written before the act
    const old = new Map(rowsOf(chunk).map((row) => [row.written, row]));
    const fresh = rowsOf(template.content).map((row) => {
      const written = row.outerHTML;
      const same = old.get(written);
      old.delete(written); // two headings may say the same
      if (same) return same;
      row.written = written;
      return row;
    });
    chunk.replaceChildren(...fresh);
    chunk.loaded = true;
    chunk.removeAttribute("aria-hidden");
    chunk.style.height = "";
    for (const row of chunk.querySelectorAll("li.row")) this.onRow(row);
    this.#headings();
    if (focusedRef && !chunk.contains(document.activeElement)) {
      const row = chunk.querySelector(`li.row[data-ref="${CSS.escape(focusedRef)}"]`);
      row?.querySelector(part)?.focus({ preventScroll: true });
    }
    this.onRows();
    return gone.length === 0;
  }

  /** @param {Chunk} chunk */
  #empty(chunk) {
    if (!chunk.loaded || chunk.busy || chunk.contains(document.activeElement)) return;
    const rows = chunk.querySelectorAll("li.row");
    const between = chunk.offsetHeight - rows.length * (rows[0]?.offsetHeight ?? 0); // headings
    chunk.style.height = heightOf(rows.length, between);
    chunk.replaceChildren();
    chunk.setAttribute("aria-hidden", "true");
    chunk.loaded = false;
    chunk.etag = null;
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #seen(entries) {
    for (const { isIntersecting, target } of entries) {
      const chunk = /** @type {Chunk} */ (target);
      if (isIntersecting) this.load(chunk);
      else if (chunk.loaded && this.box.offsetParent) this.#empty(chunk); // not a whole list hidden behind a message
    }
  }

  /** @param {Chunk} chunk */
  #watch(chunk) {
    this.all.push(chunk);
    this.watcher.observe(chunk);
  }

  // As many chunks as the folder needs.
  #fit() {
    const wanted = Math.max(1, Math.ceil(this.total / this.size));
    for (const chunk of this.all.splice(wanted)) {
      this.watcher.unobserve(chunk);
      chunk.remove();
    }
    const added = document.createDocumentFragment();
    while (this.all.length < wanted) {
      const chunk = /** @type {Chunk} */ (create("ol"));
      const offset = this.all.length * this.size;
      chunk.className = "chunk";
      chunk.setAttribute("role", "list");
      chunk.setAttribute("aria-hidden", "true");
      chunk.dataset.offset = String(offset);
      chunk.style.height = heightOf(Math.min(this.size, this.total - offset));
      added.append(chunk);
      this.#watch(chunk);
    }
    this.box.append(added);
  }

  // A heading is said once, though two chunks may each open with it; one that lost its rows goes.
  #headings() {
    let before = "";
    for (const heading of this.box.querySelectorAll("li.day")) {
      const next = heading.nextElementSibling;
      const isBare = !next?.matches("li.row") && heading.closest(".chunk").loaded;
      heading.hidden = isBare || heading.dataset.heading === before;
      if (!isBare) before = heading.dataset.heading;
    }
  }

  // The first row in sight, found again after a refresh at the height where it was.
  #anchor() {
    if (this.box.scrollTop < 8) return null;
    const top = this.box.getBoundingClientRect().top;
    const rows = [...this.box.querySelectorAll("li.row")];
    const row = rows.find((candidate) => candidate.getBoundingClientRect().bottom > top);
    return row ? { ref: row.dataset.ref, top: row.getBoundingClientRect().top } : null;
  }

  /** @param {{ref: string, top: number} | null} anchor */
  #restore(anchor) {
    const row = anchor && this.box.querySelector(`li.row[data-ref="${CSS.escape(anchor.ref)}"]`);
    if (row) this.box.scrollTop += row.getBoundingClientRect().top - anchor.top;
  }
}

// In the unit of the styles, which follows the density: measured, a row would have the whole page laid out before
// its first frame, and again in it.
/**
 * @param {number} rows
 * @param {number} [more] pixels
 */
function heightOf(rows, more = 0) {
  return `calc(${rows} * var(--row) + ${more}px)`;
}

/**
 * Rows and the headings between them.
 * @param {ParentNode} place
 * @returns {MessageRow[]}
 */
function rowsOf(place) {
  return /** @type {MessageRow[]} */ ([...place.children]);
}
