// The search box, a form for who prefers it, and searches that are kept.
import { CALENDAR, find, load } from "../../ui/dom.js";
import { Refused, send, tell, tellRefusal } from "../../ui/http.js";
import { foldAccents } from "./fold_accents.js";
import { markFoundWords } from "./found_words.js";
import { firstResultsOf } from "./results.js";
import { Suggestions } from "./suggestions.js";

const PIECE = /"[^"]*"|(\S+?):("[^"]*"|[^\s"«]\S*)/gu; // a phrase, or an operator and its value

export class Search {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    /** @type {HTMLFormElement & {ici: HTMLInputElement, q: HTMLInputElement}} */
    this.form = find("form.search");
    /** @type {{claim(asked: string): boolean} | null} */
    this.live = null;
    if (!this.form) return;
    /** @type {HTMLInputElement} */
    this.input = this.form.q;
    /** @type {string[]} */
    this.recent = JSON.parse(this.form.dataset.recent);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.go(this.input.value.trim());
    });
    new Suggestions(this.input, this.form.querySelector(".proposed"), {
      people: this.form.dataset.people,
      recent: () => this.recent,
      go: (search) => this.go(search),
      leave: () => app.list.focus(app.list.rows[0]),
    });
    const startLive = () => load("webmail/on_use/live_search.js").then(({ listen }) => listen(app, this));
    this.input.addEventListener("focus", startLive, { once: true });
    document
      .querySelector("#search-dialog form")
      ?.addEventListener("submit", (/** @type {SubmitEvent} */ event) => this.#composed(event));
    document
      .querySelector("#save-search-dialog form")
      ?.addEventListener("submit", (/** @type {SubmitEvent} */ event) => this.#saveSearch(event));
    app.addEventListener("click", (event) => {
      const name = event.target.closest("[data-search-drop]")?.dataset.searchDrop;
      if (name) this.#changeSearches({ remove: name }, "Recherche retirée.");
    });
  }

  /** @param {string} asked */
  go(asked) {
    this.input.blur();
    this.input.value = asked;
    if (!asked) return this.app.visit(this.#place);
    this.recent = [asked, ...this.recent.filter((search) => search !== asked)].slice(0, 8);
    send(this.form.dataset.searches, { used: "1", q: asked }).catch(() => {}); // remembering is a comfort
    return this.live?.claim(asked) ? undefined : this.app.visit(this.addressOf(asked));
  }

  get #place() {
    const { step, use } = this.app.section.dataset;
    return use === "boxes" ? `${this.app.dataset.home}${step}/` : this.form.action;
  }

  /** @param {string} asked */
  addressOf(asked) {
    const here = this.app.section.dataset;
    if (here.use === "boxes") return `${this.#place}?${new URLSearchParams({ q: asked })}`;
    if (here.use !== "all") this.form.ici.value = here.step; // one link then narrows the search to that folder
    return `${this.form.action}?${new URLSearchParams({ q: asked, partout: "1", ici: this.form.ici.value })}`;
  }

  /** @param {URL} to */
  results(to) {
    return firstResultsOf(to);
  }

  // What is typed, as a form: each field is named like its operator, what has none stays among the words.
  openForm() {
    const form = find("#search-dialog form");
    form.reset();
    form.mots.value = this.input.value;
    form.mots.value = form.mots.value
      .replace(
        PIECE,
        (/** @type {string} */ typed, /** @type {string} */ name, /** @type {string} */ said) => {
          const value = said?.replaceAll('"', "");
          const field =
            name &&
            [...form].findLast(
              (one) =>
                foldAccents(one.name) === foldAccents(name) &&
                (one.type === "checkbox" ? one.value === value : !one.value),
            );
          if (!field) return typed;
          field.checked = true;
          field.value = value;
          return field.value ? "" : typed; // a folder or a label that is not among those of the form
        },
      )
      .trim();
    load(CALENDAR);
    form.parentNode.showModal();
  }

  openKeep() {
    const dialog = find("#save-search-dialog");
    dialog.querySelector("input").value = this.app.list.searched.slice(0, 60);
    dialog.querySelector(".error").hidden = true;
    dialog.showModal();
    dialog.querySelector("input").select();
  }

  // Words looked for, wherever the list and the open message show them.
  mark() {
    markFoundWords(this.app);
  }

  /** @param {SubmitEvent} event */
  #composed(event) {
    event.preventDefault();
    const form = event.target;
    const pieces = [];
    for (const [name, typed] of new FormData(form)) {
      const value = String(typed).trim();
      if (value && name !== "mots")
        pieces.push(`${name}:${/[\s:]/u.test(value) ? `"${value.replaceAll('"', " ")}"` : value}`);
    }
    const asked = [...pieces, form.mots.value.trim()].join(" ").trim();
    form.closest("dialog").close();
    if (asked) this.go(asked);
  }

  /** @param {SubmitEvent} event */
  async #saveSearch(event) {
    event.preventDefault();
    const form = /** @type {NamedForm} */ (event.target);
    try {
      await send(this.form.dataset.searches, { name: form.elements.name.value, q: this.app.list.searched });
      form.closest("dialog").close();
      tell("Recherche enregistrée.", "dark", 3);
      await this.app.counts();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const refused = form.querySelector(".error");
      refused.textContent = error.message;
      refused.hidden = false;
    }
  }

  /**
   * @param {Record<string, string>} fields
   * @param {string} words
   */
  async #changeSearches(fields, words) {
    try {
      await send(this.form.dataset.searches, fields);
      tell(words, "dark", 3);
      await this.app.counts();
    } catch (error) {
      tellRefusal(error);
    }
  }
}
