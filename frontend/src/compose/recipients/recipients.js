// « À », « Cc », « Cci »: people as chips, what is wrong said at once. Whatever is only typed counts too.
import { formatAddress, isAddress, isClass, isOpen, items, parsePasted, read } from "./addresses.js";
import { Autocomplete } from "./autocomplete.js";

/** @type {Record<string, string>} */
const LISTS = { to: "Destinataires choisis", cc: "Copies choisies", bcc: "Copies cachées choisies" };

export class Recipients {
  /**
   * @param {HTMLInputElement} input
   * @param {Server} server
   * @param {() => void} onInput
   */
  constructor(input, server, onInput) {
    this.input = input;
    this.name = input.name;
    this.onInput = onInput;
    /** @type {HTMLElement} */
    this.error = document.querySelector(`#${input.id}-error`);
    /** @type {Correspondent[]} */
    this.people = [];
    this.box = document.createElement("div");
    this.box.className = "people";
    this.list = document.createElement("ul");
    this.list.setAttribute("aria-label", LISTS[this.name]);
    this.list.setAttribute("role", "list");
    this.list.hidden = true;
    this.status = document.createElement("span");
    this.status.className = "vh";
    this.status.setAttribute("role", "status");
    input.replaceWith(this.box);
    this.box.append(this.list, input, this.status);
    this.autocomplete = new Autocomplete(input, server, {
      onChoose: (suggestion) => this.take(suggestion),
      isPresent: (address) => this.people.some((known) => known.address.toLowerCase() === address),
    });
    this.box.append(this.autocomplete.list);
    this.listen();
    this.value = input.value;
  }

  listen() {
    const { input } = this;
    input.addEventListener("input", () => this.readInput());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("paste", (event) => this.paste(event));
    input.addEventListener("blur", () => {
      this.autocomplete.close();
      this.commit();
    });
    this.box.addEventListener("mousedown", (event) => {
      if (event.target !== this.box && event.target !== this.list) return;
      event.preventDefault();
      input.focus();
    });
    this.list.addEventListener("keydown", (event) => this.keyOnChip(event));
  }

  // Everything written in the field, chips first, as one text.
  get value() {
    return [...this.people.map(formatAddress), this.input.value.trim()].filter(Boolean).join(", ");
  }

  set value(text) {
    this.people = [];
    this.input.value = "";
    this.draw();
    this.put(items(text).map(read));
  }

  readInput() {
    this.onInput();
    const text = this.input.value;
    const cut = Math.max(text.lastIndexOf(","), text.lastIndexOf(";"));
    if (cut >= 0 && !isOpen(text)) {
      this.put(items(text.slice(0, cut)).map(read));
      this.input.value = text.slice(cut + 1).trimStart();
    }
    if (!this.input.value) this.check();
    this.autocomplete.ask(this.input.value.trim());
  }

  /** @param {Suggestion} suggestion */
  take(suggestion) {
    this.input.value = "";
    this.put(suggestion.members || [suggestion]);
    this.onInput();
  }

  // What is still only typed becomes people. True when nothing in the field is wrong.
  commit() {
    const text = this.input.value;
    if (text.trim()) {
      this.input.value = "";
      this.put(items(text).map(read));
      this.onInput();
    }
    return this.check();
  }

  /** @param {{name?: string, address: string, detail?: string}[]} people */
  put(people) {
    const fresh = [];
    for (const { name = "", address, detail = "" } of people) {
      if (!address && !name) continue;
      const isThere = this.people.some((known) => known.address.toLowerCase() === address.toLowerCase());
      if (isThere) continue;
      const person = { name, address, detail };
      this.people.push(person);
      fresh.push(person);
    }
    if (!fresh.length) return;
    this.draw();
    const names = fresh
      .slice(0, 3)
      .map((person) => person.name || person.address)
      .join(", ");
    this.status.textContent = fresh.length > 3 ? `${fresh.length} personnes ajoutées` : `Ajout : ${names}`;
    this.check();
  }

  draw() {
    this.list.replaceChildren(...this.people.map((person) => this.chip(person)));
    this.list.hidden = !this.people.length;
  }

  /** @param {Correspondent} person */
  chip(person) {
    const item = document.createElement("li");
    const isWrong = !isAddress(person.address);
    const isUnknown = person.kind === "unknown";
    item.className = [
      "person",
      (isWrong || isUnknown) && "wrong",
      person.kind === "outside" && "outside",
      person.absent && "absent",
    ]
      .filter(Boolean)
      .join(" ");
    const label = document.createElement("button");
    label.type = "button";
    label.tabIndex = -1;
    label.className = "who clip";
    const where = person.isHomonym && person.detail ? ` · ${person.detail}` : "";
    label.textContent = `${person.name || person.address}${where}`;
    const about = [
      person.name && !isClass(person.address) ? person.address : "",
      person.detail,
      person.kind === "outside" ? "extérieur à l’académie" : "",
      person.absent || "",
    ];
    if (isWrong) about.push("adresse incorrecte");
    if (isUnknown) about.push("cette adresse n’existe pas");
    label.title = about.filter(Boolean).join(" — ");
    label.setAttribute("aria-description", `${label.title}. Entrée pour modifier, Suppr pour retirer.`);
    label.addEventListener("click", () => this.edit(person));
    const removal = document.createElement("button");
    removal.type = "button";
    removal.tabIndex = -1;
    removal.className = "away";
    removal.setAttribute("aria-label", `Retirer ${person.name || person.address}`);
    removal.append(window.vaguemestre.icon("x"));
    removal.addEventListener("click", () => this.remove(person));
    item.append(label, removal);
    return item;
  }

  /** @param {Correspondent} person */
  edit(person) {
    const rest = this.input.value.trim();
    this.people = this.people.filter((known) => known !== person);
    this.draw();
    if (rest) this.put(items(rest).map(read));
    this.input.value = formatAddress(person);
    this.input.focus();
    this.input.select();
    this.onInput();
    this.check();
  }

  /** @param {Correspondent} person */
  remove(person) {
    this.people = this.people.filter((known) => known !== person);
    this.draw();
    this.status.textContent = `Retrait : ${person.name || person.address}`;
    this.input.focus();
    this.onInput();
    this.check();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { autocomplete, input } = this;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isAtStart = input.selectionStart === 0 && input.selectionEnd === 0;
    if (event.key === "Enter" || event.key === "Tab") this.acceptInput(event);
    else if (autocomplete.isShown && ["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) {
      event.preventDefault();
      if (event.key === "Escape") {
        event.stopPropagation();
        autocomplete.close();
      } else autocomplete.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (isAtStart && this.people.length && ["Backspace", "ArrowLeft"].includes(event.key)) {
      event.preventDefault();
      this.list.lastElementChild?.querySelector(".who").focus();
    }
  }

  // A whole address is taken as it stands, unless the arrows chose somebody.
  /** @param {KeyboardEvent} event */
  acceptInput(event) {
    const { autocomplete, input } = this;
    const isWhole = isAddress(read(input.value).address);
    if (autocomplete.isShown && (autocomplete.hasMoved || !isWhole) && !event.shiftKey) {
      event.preventDefault();
      autocomplete.choose();
    } else if (event.key === "Enter" && input.value.trim()) {
      event.preventDefault();
      autocomplete.close();
      this.commit();
    }
  }

  /** @param {KeyboardEvent} event */
  keyOnChip(event) {
    const chips = [...this.list.children];
    const here = chips.findIndex((chip) => chip.contains(event.target));
    if (here < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowLeft: Math.max(0, here - 1), ArrowRight: here + 1, Home: 0, End: chips.length }[
      event.key
    ];
    if (to !== undefined) {
      event.preventDefault();
      (chips[to]?.querySelector(".who") || this.input).focus();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      const person = this.people[here];
      this.remove(person);
      const next = this.list.children[event.key === "Delete" ? here : here - 1];
      next?.querySelector(".who").focus();
    } else if (event.key.length === 1) this.input.focus(); // typing goes on in the field
  }

  /** @param {ClipboardEvent} event */
  paste(event) {
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!/[,;\r\n\t]|@\S*\s+\S+@/.test(text.trim())) return;
    event.preventDefault();
    this.put(parsePasted(text));
    this.onInput();
  }

  check() {
    const wrong = this.people
      .filter((person) => !isAddress(person.address))
      .map((person) => person.name || person.address);
    if (!wrong.length) this.say("");
    else if (wrong.length === 1)
      this.say(`« ${wrong[0]} » n’est pas une adresse électronique : corrigez-la ou retirez-la.`);
    else
      this.say(
        `${wrong.length} adresses sont incorrectes : « ${wrong.slice(0, 3).join(" », « ")} »${wrong.length > 3 ? "…" : ""}.`,
      );
    return !wrong.length;
  }

  /** @param {string} sentence */
  say(sentence) {
    this.error.textContent = sentence;
    this.error.hidden = !sentence;
    if (sentence) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}
