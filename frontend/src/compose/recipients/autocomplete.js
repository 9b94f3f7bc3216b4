// The list under an address field: whom the letters typed may mean (ARIA combobox with a listbox).
import { isClass } from "./addresses.js";

let numbers = 0;

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
    this.found = [];
    this.chosen = -1;
    this.hasMoved = false;
    this.asked = 0;
    this.list = document.createElement("ul");
    this.list.id = `proposed-${(numbers += 1)}`;
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
    const asked = (this.asked += 1);
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      let told;
      try {
        told = await this.server.ask(`${this.server.home}destinataires/?q=${encodeURIComponent(word)}`);
      } catch {
        return; // proposing is a comfort: without it one goes on typing
      }
      if (asked === this.asked && document.activeElement === this.input) this.open(told.suggestions);
    }, 60);
  }

  /** @param {Suggestion[]} found */
  open(found) {
    this.found = found.filter((one) => one.members || !this.isPresent(one.address));
    this.chosen = this.found.length ? 0 : -1;
    this.hasMoved = false;
    this.list.replaceChildren(...this.found.map((one, place) => this.option(one, place)));
    this.list.hidden = !this.found.length;
    this.input.setAttribute("aria-expanded", String(this.isShown));
    this.mark();
  }

  /**
   * @param {Suggestion} one
   * @param {number} place
   */
  option(one, place) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${place}`;
    option.setAttribute("role", "option");
    const name = document.createElement("strong");
    name.textContent = one.name || one.address;
    option.append(name);
    for (const words of [one.detail, one.name && !isClass(one.address) ? one.address : ""].filter(Boolean)) {
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
    this.chosen = (this.chosen + step + this.found.length) % this.found.length;
    this.mark();
  }

  /** @param {number} place */
  choose(place = this.chosen) {
    const one = this.found[place];
    this.close();
    if (one) this.onChoose(one);
  }

  close() {
    this.asked += 1;
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
