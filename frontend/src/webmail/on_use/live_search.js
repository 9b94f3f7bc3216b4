// Results while one types, loaded when the search box is first used. One question at a time, after a pause; what was
// answered a moment ago is shown again without a question.
import { tellRefusal } from "../../ui/http.js";

const PAUSE = 300; // milliseconds after the last letter
const FRESH = 20_000; // milliseconds an answer serves again
const MAX_KEPT = 20; // answers
const MIN_LETTERS = 3;
const UNFINISHED =
  /:\S?$|(?:^|\s)(?:apr[eè]s|depuis|after|since|avant|before):\S*(?<!\d{4}|hier|aujourd.hui)$/iu;

/**
 * @param {MailApp} app
 * @param {Search} search
 */
export function listen(app, search) {
  search.live = new LiveSearch(app, search);
}

class LiveSearch {
  /**
   * @param {MailApp} app
   * @param {Search} search
   */
  constructor(app, search) {
    this.app = app;
    this.search = search;
    /** @type {Map<string, {at: number, page: Document}>} by address */
    this.kept = new Map();
    this.turn = 0;
    this.asking = "";
    this.origin = ""; // the list one was in
    search.input.addEventListener("input", () => this.#searchTyped());
    if (search.input.value) this.#searchTyped();
  }

  /**
   * Whether the results of that search are there or on their way: nothing more is asked.
   * @param {string} asked
   */
  claim(asked) {
    clearTimeout(this.timer);
    if (this.asking === asked && asked) return true;
    this.turn += 1;
    if (this.app.list.searched !== asked) return false;
    this.app.section.querySelector("h2").focus({ preventScroll: true });
    return true;
  }

  #searchTyped() {
    this.turn += 1;
    clearTimeout(this.timer);
    const asked = this.search.input.value.trim();
    if (asked === this.app.list.searched) return;
    if (!asked) this.#leave();
    else if (isWhole(asked)) this.timer = setTimeout(() => this.#ask(), this.#answer(asked) ? 0 : PAUSE);
  }

  // What is typed while an answer is awaited is asked for once it is there, at its latest only.
  async #ask() {
    if (this.asking) return;
    try {
      for (let turn = -1; turn !== this.turn;) {
        turn = this.turn;
        const asked = this.search.input.value.trim();
        if (!isWhole(asked) || asked === this.app.list.searched) break;
        this.asking = asked;
        await this.#show(asked, () => turn === this.turn);
      }
    } catch (error) {
      tellRefusal(error);
    } finally {
      this.asking = "";
    }
  }

  /**
   * @param {string} asked
   * @param {() => boolean} isMeant
   */
  async #show(asked, isMeant) {
    const { app, search } = this;
    const to = new URL(search.addressOf(asked), location.href);
    const known = this.#answer(asked);
    const found = known ? { first: known } : await this.#fetch(asked, to);
    if (!isMeant()) return;
    const isFirst = !this.origin || !app.list.searched;
    if (isFirst) this.origin = app.list.searched ? search.form.action : app.navigation.listAddress;
    else history.replaceState({ pane: "list" }, "", to.href); // one step back for all that was typed
    await app.navigation.showResults(to, found, isFirst);
    search.form.querySelector("[role=status]").textContent = app.section.querySelector(".told").textContent;
  }

  /**
   * @param {string} asked
   * @param {URL} to
   */
  async #fetch(asked, to) {
    const found = await this.search.results(to);
    const keep = (/** @type {Document} */ page) => {
      this.kept.set(asked, { at: Date.now(), page: /** @type {Document} */ (page.cloneNode(true)) });
      const [oldest] = this.kept.keys();
      if (this.kept.size > MAX_KEPT) this.kept.delete(oldest);
    };
    if (found.rest) found.rest.then(keep, () => {});
    else keep(found.first);
    return found;
  }

  /** @param {string} asked */
  #answer(asked) {
    const kept = this.kept.get(asked);
    return kept && Date.now() - kept.at < FRESH ? /** @type {Document} */ (kept.page.cloneNode(true)) : null;
  }

  // Nothing is asked any more: back to the list one was in.
  #leave() {
    if (!this.origin) return;
    const { origin } = this;
    this.origin = "";
    history.replaceState({ pane: "list" }, "", origin);
    this.app.visit(origin, { push: false });
  }
}

// Neither the beginning of a word or of a date, nor a phrase whose second quotation mark is still to come.
/** @param {string} asked */
function isWhole(asked) {
  return asked.length >= MIN_LETTERS && !UNFINISHED.test(asked) && asked.split('"').length % 2 === 1;
}
