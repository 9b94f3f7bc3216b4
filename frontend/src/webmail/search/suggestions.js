// Under the search box: searches made lately, and people for the word at hand, chosen by keyboard or pointer.
import { create } from "../../ui/dom.js";
import { fetchFragment } from "../../ui/http.js";
import { foldAccents } from "./fold_accents.js";

const OPERATOR = /(?:^|\s)((?:de|from|à|a|to|pour):)?(\S{2,})$/iu;
const PAUSE = 120; // milliseconds after the last letter before people are asked for
const MAX_PEOPLE = 5;

export class Suggestions {
  /** @type {SearchSuggestion[]} */
  #shown = [];
  #chosen = -1;
  #turn = 0;
  #isAsking = false;

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} list
   * @param {{people: string, recent: () => string[], go: (search: string) => void, leave: () => void}} search address of
   *   the people, searches made lately, what is done with the one chosen, and with ↓ where none is proposed
   */
  constructor(input, list, { people, recent, go, leave }) {
    this.input = input;
    this.list = list;
    this.people = people;
    this.recent = recent;
    this.go = go;
    this.leave = leave;
    input.addEventListener("focus", () => this.#suggest());
    input.addEventListener("input", () => this.#suggest());
    input.addEventListener("blur", () => this.#close());
    input.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.#choose([...list.children].indexOf(option));
    });
  }

  #suggest() {
    const typed = this.input.value;
    const turn = (this.#turn += 1);
    clearTimeout(this.timer);
    const recent = recentSuggestions(this.recent(), typed);
    this.#open(recent);
    const [, operator, word] = OPERATOR.exec(typed) ?? [];
    this.#isAsking = Boolean(word);
    if (!word) return;
    this.timer = setTimeout(async () => {
      try {
        const answer = await fetchFragment(`${this.people}?q=${encodeURIComponent(word)}`);
        const { suggestions } = await answer.json();
        if (turn !== this.#turn || document.activeElement !== this.input) return;
        const before = typed.slice(0, typed.length - word.length - (operator ?? "").length);
        this.#open([...recent, ...personSuggestions(suggestions, `${before}${operator ?? "de:"}`)]);
      } catch {
        // suggesting is a comfort: without it one goes on typing
      } finally {
        if (turn === this.#turn) this.#isAsking = false;
      }
    }, PAUSE);
  }

  /** @param {SearchSuggestion[]} suggestions */
  #open(suggestions) {
    this.#shown = suggestions;
    this.#chosen = -1;
    this.list.replaceChildren(...suggestions.map(optionOf));
    this.list.hidden = !suggestions.length;
    this.#showChosen();
  }

  #showChosen() {
    [...this.list.children].forEach((option, place) =>
      option.setAttribute("aria-selected", String(place === this.#chosen)),
    );
    if (this.#chosen >= 0) this.input.setAttribute("aria-activedescendant", `found-${this.#chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const many = this.#shown.length;
    if (this.list.hidden || !many) {
      if (event.key !== "ArrowDown" || this.#isAsking) return;
      event.preventDefault(); // the list does not scroll besides
      this.leave();
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#chosen = this.#chosen < 0 ? (step > 0 ? 0 : many - 1) : (this.#chosen + step + many) % many;
      this.#showChosen();
    } else if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && this.#chosen >= 0) this.#choose(this.#chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} place */
  #choose(place) {
    const suggestion = this.#shown[place];
    this.#close();
    if (suggestion.go) this.go(suggestion.go);
    else {
      this.input.value = suggestion.put ?? "";
      this.input.dispatchEvent(new Event("input", { bubbles: true })); // results follow, as if it had been typed
    }
  }

  #close() {
    this.#turn += 1;
    this.#isAsking = false;
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
  }
}

/**
 * @param {string[]} searches made lately
 * @param {string} typed
 * @returns {SearchSuggestion[]} those that begin like it, whatever the accents
 */
export function recentSuggestions(searches, typed) {
  const beginning = typed.trim();
  return searches
    .filter((search) => search !== beginning && foldAccents(search).startsWith(foldAccents(beginning)))
    .map((search) => ({ words: search, detail: "recherche récente", go: search }));
}

/**
 * @param {{name: string, address: string}[]} people
 * @param {string} before what stands before the address: what was typed, and the operator
 * @returns {SearchSuggestion[]}
 */
export function personSuggestions(people, before) {
  return people
    .filter(({ address }) => address)
    .slice(0, MAX_PEOPLE)
    .map(({ name, address }) => ({ words: name || address, detail: address, put: `${before}${address} ` }));
}

/**
 * @param {SearchSuggestion} suggestion
 * @param {number} place
 */
function optionOf(suggestion, place) {
  const option = create("li");
  option.id = `found-${place}`;
  option.setAttribute("role", "option");
  const icon = window.vaguemestre?.icon(suggestion.go ? "history" : "user");
  if (icon) option.append(icon);
  const words = create("strong");
  words.textContent = suggestion.words;
  const detail = create("span");
  detail.textContent = suggestion.detail;
  option.append(words, " ", detail);
  return option;
}
