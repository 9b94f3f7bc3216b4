// The search box: searches made lately, people proposed for the word at hand, a form for who prefers; and the words
// looked for, marked where they are found (CSS highlights: nothing of the page changes).
import { create, find, load } from "../ui/dom.js";
import { Refused, page, fetchFragment, send, tell, tellRefusal } from "../ui/http.js";

const PATIENCE = 400; // milliseconds after which the latest found are shown before the others
const OPERATOR = /(?:^|\s)((?:de|from|à|a|to|pour):)?(\S{2,})$/iu;
const PIECE = /"[^"]*"|(\S+?):("[^"]*"|[^\s"«]\S*)/gu; // a phrase, or an operator and its value

export class Search {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    this.chosen = -1;
    /** @type {SearchSuggestion[]} */
    this.found = [];
    /** @type {HTMLFormElement & {ici: HTMLInputElement, q: HTMLInputElement}} */
    this.form = find("form.search");
    /** @type {{takes(asked: string): boolean} | null} */
    this.live = null;
    if (!this.form) return;
    /** @type {HTMLInputElement} */
    this.input = this.form.q;
    /** @type {HTMLElement} */
    this.list = this.form.querySelector(".proposed");
    /** @type {string[]} */
    this.recent = JSON.parse(this.form.dataset.recent);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.go(this.input.value.trim());
    });
    this.input.addEventListener("focus", () => this.#propose());
    const startLive = () => load("webmail/on_use/live_search.js").then(({ listen }) => listen(app, this));
    this.input.addEventListener("focus", startLive, { once: true });
    this.input.addEventListener("input", () => this.#propose());
    this.input.addEventListener("blur", () => this.#close());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.#choose([...this.list.children].indexOf(option));
    });
    document
      .querySelector("#search-dialog form")
      ?.addEventListener("submit", (/** @type {SubmitEvent} */ event) => this.#composed(event));
    document
      .querySelector("#save-search-dialog form")
      ?.addEventListener("submit", (/** @type {SubmitEvent} */ event) => this.#kept(event));
    app.addEventListener("click", (event) => {
      const name = event.target.closest("[data-search-drop]")?.dataset.searchDrop;
      if (name) this.#told({ remove: name }, "Recherche retirée.");
    });
  }

  /** @param {string} asked */
  go(asked) {
    this.input.blur();
    this.input.value = asked;
    if (!asked) return this.app.visit(this.#place);
    this.recent = [asked, ...this.recent.filter((one) => one !== asked)].slice(0, 8);
    send(this.form.dataset.searches, { used: "1", q: asked }).catch(() => {}); // remembering is a comfort
    return this.live?.takes(asked) ? undefined : this.app.visit(this.addressOf(asked));
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
                bare(one.name) === bare(name) && (one.type === "checkbox" ? one.value === value : !one.value),
            );
          if (!field) return typed;
          field.checked = true;
          field.value = value;
          return field.value ? "" : typed; // a folder or a label that is not among those of the form
        },
      )
      .trim();
    form.parentNode.showModal();
  }

  openKeep() {
    const dialog = find("#save-search-dialog");
    dialog.querySelector("input").value = this.app.list.searched.slice(0, 60);
    dialog.querySelector(".error").hidden = true;
    dialog.showModal();
    dialog.querySelector("input").select();
  }

  // Words looked for, wherever the list shows them.
  mark() {
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("found");
    /** @type {string[]} */
    const searched = JSON.parse(this.app.section.dataset.words || "[]");
    const words = searched.map(bare).filter((word) => word.length > 1);
    if (!words.length) return;
    const ranges = [];
    for (const place of this.app.querySelectorAll(
      "#messages .row :is(.names, .subject-line > .clip, .snippet), #message-subject, .from b, .address bdi",
    )) {
      const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        ranges.push(...rangesIn(/** @type {Text} */ (node), words));
    }
    if (ranges.length) CSS.highlights.set("found", new Highlight(...ranges));
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
  async #kept(event) {
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
  async #told(fields, words) {
    try {
      await send(this.form.dataset.searches, fields);
      tell(words, "dark", 3);
      await this.app.counts();
    } catch (error) {
      tellRefusal(error);
    }
  }

  #propose() {
    const typed = this.input.value;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    clearTimeout(this.timer);
    const lately = this.recent.filter(
      (one) => bare(one).startsWith(bare(typed.trim())) && one !== typed.trim(),
    );
    const known = lately.map((one) => ({ words: one, detail: "recherche récente", go: one }));
    this.#open(known);
    const [, operator, word] = OPERATOR.exec(typed) ?? [];
    if (!word) return;
    this.timer = setTimeout(async () => {
      try {
        const { suggestions } = await (
          await fetchFragment(`${this.form.dataset.people}?q=${encodeURIComponent(word)}`)
        ).json();
        if (turn !== this.turn || document.activeElement !== this.input) return;
        /** @type {SearchSuggestion[]} */
        const people = suggestions
          .filter((/** @type {{address: string}} */ one) => one.address)
          .slice(0, 5)
          .map((/** @type {{name: string, address: string}} */ one) => ({
            words: one.name || one.address,
            detail: one.address,
            put: `${typed.slice(0, typed.length - word.length - (operator ?? "").length)}${operator ?? "de:"}${one.address} `,
          }));
        this.#open([...known, ...people]);
      } catch {
        // proposing is a comfort: without it one goes on typing
      }
    }, 120);
  }

  /** @param {SearchSuggestion[]} found */
  #open(found) {
    /** @type {SearchSuggestion[]} */
    this.found = found;
    this.chosen = -1;
    this.list.replaceChildren(
      ...found.map((one, place) => {
        const option = create("li");
        option.id = `found-${place}`;
        option.setAttribute("role", "option");
        const drawn = window.vaguemestre?.icon(one.go ? "history" : "user");
        if (drawn) option.append(drawn);
        const words = create("strong");
        words.textContent = one.words;
        const detail = create("span");
        detail.textContent = one.detail;
        option.append(words, " ", detail);
        return option;
      }),
    );
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.#mark();
  }

  #mark() {
    [...this.list.children].forEach((option, place) =>
      option.setAttribute("aria-selected", String(place === this.chosen)),
    );
    if (this.chosen >= 0) this.input.setAttribute("aria-activedescendant", `found-${this.chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const many = this.found.length;
    if (this.list.hidden || !many) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.chosen = this.chosen < 0 ? (step > 0 ? 0 : many - 1) : (this.chosen + step + many) % many;
      this.#mark();
    } else if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && this.chosen >= 0) this.#choose(this.chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} place */
  #choose(place) {
    const one = this.found[place];
    this.#close();
    if (one.go) this.go(one.go);
    else {
      this.input.value = one.put ?? "";
      this.#propose();
    }
  }

  #close() {
    this.turn = (this.turn ?? 0) + 1;
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

// A page; of a search that takes its time, first what it finds among recent messages: `rest` is then all of it.
/**
 * @param {URL} to
 * @returns {Promise<{first: Document, rest?: Promise<Document>}>}
 */
export async function firstResultsOf(to) {
  let all = null;
  const whole = read(to.href).then((found) => {
    all = found;
    return found;
  });
  if (!to.searchParams.get("q") || to.searchParams.has("tri") || to.searchParams.has("sens"))
    return { first: await whole };
  const recent = new URL(to.href);
  recent.searchParams.set("recent", "1");
  /** @type {number | undefined} */
  let timer;
  const soon = new Promise((go) => {
    timer = setTimeout(go, PATIENCE);
  })
    .then(() => read(recent.href))
    .then((found) => (found.querySelector("#messages li.row") ? found : whole));
  soon.catch(() => {}); // the whole answers for both
  const first = await Promise.race([whole, soon.catch(() => whole)]).finally(() => clearTimeout(timer));
  return first === all ? { first } : { first, rest: whole };
}

/** @param {string} address */
async function read(address) {
  return new DOMParser().parseFromString(await (await page(address)).text(), "text/html");
}

/** @param {string} text */
export function bare(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

// Where words stand in a text, whatever its accents: letter by letter, so that places stay true.
/**
 * @param {Text} node
 * @param {string[]} words
 */
function rangesIn(node, words) {
  const letters = [...node.data];
  const plain = letters.map((letter) => bare(letter)[0] ?? "\0");
  const text = plain.join("");
  const starts = [0];
  letters.forEach((letter, place) => starts.push(starts[place] + letter.length));
  const ranges = [];
  for (const word of words) {
    for (let place = text.indexOf(word); place >= 0; place = text.indexOf(word, place + word.length)) {
      const range = new Range();
      range.setStart(node, starts[place]);
      range.setEnd(node, starts[Math.min(place + word.length, letters.length)]);
      ranges.push(range);
    }
  }
  return ranges;
}
