// The list under an address field: whom the letters typed may mean (ARIA combobox with a listbox).
import { isClass } from "./addresses.js";

const PAUSE_MS = 60; // after the last letter
let lists = 0; // numbered, so that no two have one name

export class Autocomplete {
  /**
   * @param {HTMLInputElement} input
   * @param {Server} server
   * @param {{onChoose: (suggestion: Suggestion) => void, isPresent: (address: string) => boolean}} field
   */
  constructor(input, server, { onChoose, isPresent }) {
    this.input = input;
    this.server = server;
    this.onChoose = onChoose;
    this.isPresent = isPresent;
    /** @type {Suggestion[]} */
    this.shown = [];
    this.chosen = -1;
    this.hasMoved = false;
    this.turn = 0; // of the word asked for last
    this.list = document.createElement("ul");
    this.list.id = `proposed-${(lists += 1)}`;
    this.list.className = "proposed";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Propositions");
    this.list.hidden = true;
    const settings = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    };
    for (const [name, value] of Object.entries(settings)) input.setAttribute(name, value);
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  get isShown() {
    return !this.list.hidden;
  }

  /** @param {string} word */
  ask(word) {
    if (word.length < 2 || word.includes("<")) return this.close();
    const turn = (this.turn += 1);
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      let suggestions;
      try {
        const address = `${this.server.home}destinataires/?q=${encodeURIComponent(word)}`;
        ({ suggestions } = await this.server.ask(address));
      } catch {
        return; // proposing is a comfort: without it one goes on typing
      }
      if (turn === this.turn && document.activeElement === this.input) this.open(suggestions);
    }, PAUSE_MS);
  }

  /** @param {Suggestion[]} suggestions */
  open(suggestions) {
    this.shown = suggestions.filter(({ members, address }) => members || !this.isPresent(address));
    this.chosen = this.shown.length ? 0 : -1;
    this.hasMoved = false;
    this.list.replaceChildren(...this.shown.map((suggestion, place) => this.option(suggestion, place)));
    this.list.hidden = !this.shown.length;
    this.input.setAttribute("aria-expanded", String(this.isShown));
    this.mark();
  }

  /**
   * @param {Suggestion} suggestion
   * @param {number} place
   */
  option(suggestion, place) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${place}`;
    option.setAttribute("role", "option");
    const name = document.createElement("strong");
    name.textContent = suggestion.name || suggestion.address;
    option.append(name);
    for (const words of [
      suggestion.detail,
      suggestion.name && !isClass(suggestion.address) ? suggestion.address : "",
    ].filter(Boolean)) {
      const line = document.createElement("span");
      line.textContent = words;
      option.append(" ", line);
    }
    return option;
  }

  mark() {
    [...this.list.children].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === this.chosen));
      if (place === this.chosen) option.scrollIntoView({ block: "nearest" });
    });
    if (this.chosen >= 0 && this.isShown)
      this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} step */
  move(step) {
    this.hasMoved = true;
    this.chosen = (this.chosen + step + this.shown.length) % this.shown.length;
    this.mark();
  }

  /** @param {number} place */
  choose(place = this.chosen) {
    const suggestion = this.shown[place];
    this.close();
    if (suggestion) this.onChoose(suggestion);
  }

  close() {
    this.turn += 1;
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
