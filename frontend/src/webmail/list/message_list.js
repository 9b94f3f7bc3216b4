// The list: chunks of fifty rows; those far from sight are emptied and keep their height, so a folder of
// 100,000 messages is scrolled like one of a hundred.
import { create } from "../../ui/dom.js";
import { between, nearestLeft } from "./selection.js";
import { pointerReleased } from "../actions/drag_and_drop.js";
import { IN_BACKGROUND, fetchFragment, tellRefusal } from "../../ui/http.js";

const NEAR = 1200; // pixels above and below the window where rows are kept

export class MessageList {
  /** @param {ListSection} section */
  constructor(section) {
    /** @type {ListSection} */
    this.section = section;
    /** @type {HTMLElement} */
    this.box = section.querySelector(".rows");
    this.size = Number(this.box.dataset.size);
    this.total = Number(this.box.dataset.total);
    this.unread = NaN; // not told yet
    /** @type {string} */
    this.url = this.box.dataset.rows ?? "";
    this.searched = section.dataset.asked;
    this.query = section.dataset.query;
    this.whole = false; // everything the list shows is meant, beyond what is loaded
    this.folder = section.dataset.folder;
    this.use = section.dataset.use;
    /** @type {Set<string>} */
    this.selected = new Set();
    /** @type {Set<string>} */
    this.going = new Set(); // taken away here, maybe not yet where they are kept
    this.openRef = "";
    /** @type {Chunk[]} */
    this.chunks = [];
    this.watcher = new IntersectionObserver((seen) => this.#seen(seen), {
      root: this.box,
      rootMargin: `${NEAR}px 0px`,
    });
    // wherever the focus comes from, that row is the one the keys speak of
    this.box.addEventListener("focusin", (event) => {
      const row = event.target.closest("li.row");
      if (row && !row.roved) this.#rove(row);
    });
    const first = this.box.querySelector(".chunk");
    for (const row of first.children) row.written = row.outerHTML;
    this.#adopt(first);
    this.rowHeight = this.#measured(first);
    this.#fit();
    this.#headings();
    this.#rove();
  }

  close() {
    this.watcher.disconnect();
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
    await this.load(other);
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

  // A conversation's row stands for all of it.
  /** @param {string[]} refs */
  withOthers(refs) {
    const found = refs.flatMap((ref) => [ref, ...(this.row(ref)?.dataset.others?.split(" ") ?? [])]);
    return [...new Set(found)];
  }

  // The row to go to once these are gone, what is read or what the keyboard is on among them: the next below, else above.
  /**
   * @param {string[]} refs
   * @param {string} openRef
   */
  after(refs, openRef) {
    const row = openRef && refs.includes(openRef) ? this.row(openRef) : this.#under(refs);
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

  // Density changed: what is not loaded keeps the room it will need.
  measure() {
    this.rowHeight = this.#measured(this.chunks.find((chunk) => chunk.loaded) ?? this.chunks[0]);
    for (const chunk of this.chunks) {
      if (!chunk.loaded)
        chunk.style.height = `${Math.min(this.size, this.total - Number(chunk.dataset.offset)) * this.rowHeight}px`;
    }
  }

  /** @param {number} offset */
  async goTo(offset) {
    const place = Math.max(0, Math.min(offset, this.total - 1));
    const chunk = this.chunks[Math.floor(place / this.size)];
    if (!chunk) return;
    chunk.scrollIntoView({ block: "start" });
    await this.load(chunk);
    const row = chunk.querySelectorAll("li.row")[place % this.size] ?? chunk.querySelector("li.row");
    if (!row) return;
    row.scrollIntoView({ block: "start" });
    this.focus(row, { scroll: false });
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
    for (const row of between(this.rows, from, to)) this.select(row, true);
  }

  selectShown() {
    for (const row of this.rows) this.select(row, true);
  }

  unselect() {
    this.whole = false;
    this.selected.clear();
    for (const row of this.rows) this.#dress(row);
  }

  // What an act will do, shown at once.
  /** @param {string[]} refs */
  take(refs) {
    for (const ref of refs) this.going.add(ref);
    for (const ref of refs) {
      const row = this.row(ref);
      this.selected.delete(ref);
      if (!row) continue;
      row.closest(".chunk").etag = null; // what is shown is no longer what the server said
      row.remove();
    }
    this.total = Math.max(0, this.total - refs.length);
    this.#headings();
    this.#rove();
  }

  // What was taken is gone, or was refused: the server's word on them is the last again.
  /** @param {string[]} refs */
  settle(refs) {
    for (const ref of refs) this.going.delete(ref);
  }

  /**
   * @param {string[]} refs
   * @param {string} name of a class
   * @param {boolean} on
   */
  flag(refs, name, on) {
    for (const ref of refs) {
      const row = this.row(ref);
      if (!row) continue;
      row.classList.toggle(name, on);
      if (name === "flagged") row.querySelector(".star").ariaPressed = String(on);
      row.written = "";
      row.closest(".chunk").etag = null;
    }
  }

  // `byItself`: nobody asked, the page learnt that something changed.
  async refresh(byItself = false) {
    this.byItself = byItself;
    const anchor = this.#anchor();
    const held = this.chunks.filter((chunk) => chunk.loaded);
    const first = this.chunks[0];
    await Promise.all([...new Set([first, ...held])].map((chunk) => this.load(chunk, true)));
    this.byItself = false;
    this.#fit();
    this.#restore(anchor);
  }

  // The same list, written more fully by another page.
  /** @param {ListSection} section */
  adopt(section) {
    this.total = Number(section.querySelector(".rows").dataset.total);
    this.#fill(this.chunks[0], section.querySelector(".chunk").innerHTML);
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

  // New rows in place of the old; those that say the same stay the very same nodes.
  /**
   * @param {Chunk} chunk
   * @param {string} html
   * @returns {boolean} whether all of them are shown
   */
  #fill(chunk, html) {
    const held = document.activeElement?.closest?.("li.row")?.dataset.ref;
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
    for (const row of chunk.querySelectorAll("li.row")) this.#dress(row);
    this.#headings();
    if (
      held &&
      chunk.querySelector(`[data-ref="${CSS.escape(held)}"]`) &&
      !chunk.contains(document.activeElement)
    ) {
      this.row(held)?.querySelector(part)?.focus({ preventScroll: true });
    }
    this.#rove();
    return gone.length === 0;
  }

  /** @param {Chunk} chunk */
  #empty(chunk) {
    if (!chunk.loaded || chunk.busy || chunk.contains(document.activeElement)) return;
    chunk.style.height = `${chunk.offsetHeight}px`;
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
      else if (this.box.offsetParent) this.#empty(chunk); // not a whole list hidden behind a message
    }
  }

  /** @param {Chunk} chunk */
  #adopt(chunk) {
    chunk.loaded = true;
    this.chunks.push(chunk);
    this.watcher.observe(chunk);
  }

  /** @param {Chunk} chunk */
  #measured(chunk) {
    const row = chunk.querySelector("li.row");
    return row ? row.offsetHeight : 90;
  }

  // As many chunks as the folder needs.
  #fit() {
    const wanted = Math.max(1, Math.ceil(this.total / this.size));
    for (const chunk of this.chunks.splice(wanted)) {
      this.watcher.unobserve(chunk);
      chunk.remove();
    }
    const made = document.createDocumentFragment();
    while (this.chunks.length < wanted) {
      const chunk = /** @type {Chunk} */ (create("ol"));
      const offset = this.chunks.length * this.size;
      chunk.className = "chunk";
      chunk.setAttribute("role", "list");
      chunk.setAttribute("aria-hidden", "true");
      chunk.dataset.offset = String(offset);
      chunk.style.height = `${Math.min(this.size, this.total - offset) * this.rowHeight}px`;
      this.chunks.push(chunk);
      made.append(chunk);
      this.watcher.observe(chunk);
    }
    this.box.append(made);
  }

  // A heading is said once, though two chunks may each open with it; one that lost its rows goes.
  #headings() {
    let before = "";
    for (const heading of this.box.querySelectorAll("li.day")) {
      const next = heading.nextElementSibling;
      heading.hidden =
        heading.dataset.heading === before || (!next?.matches("li.row") && heading.closest(".chunk").loaded);
      before = heading.dataset.heading;
    }
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

  #anchor() {
    if (this.box.scrollTop < 8) return null;
    const top = this.box.getBoundingClientRect().top;
    const row = this.rows.find((one) => one.getBoundingClientRect().bottom > top);
    return row ? { ref: row.dataset.ref, top: row.getBoundingClientRect().top } : null;
  }

  /** @param {{ref: string, top: number} | null} anchor */
  #restore(anchor) {
    if (!anchor) return;
    const row = this.row(anchor.ref);
    if (row) this.box.scrollTop += row.getBoundingClientRect().top - anchor.top;
  }
}

/**
 * Rows and the headings between them.
 * @param {ParentNode} place
 * @returns {MessageRow[]}
 */
function rowsOf(place) {
  return /** @type {MessageRow[]} */ ([...place.children]);
}
