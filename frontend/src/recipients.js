// « À », « Cc », « Cci »: who is proposed while one types, and what is wrong said at once.

const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;.]+(\.[^\s@<>",;.]+)+$/;
const ITEM = /(?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^,;])+/g;

export function items(text) {
  return (text.match(ITEM) || []).map((item) => item.trim()).filter(Boolean);
}

export function addressOf(item) {
  const inside = item.match(/<([^<>]*)>\s*$/);
  return (inside ? inside[1] : item).trim();
}

export function wrong(text) {
  return items(text).find((item) => !ADDRESS.test(addressOf(item)));
}

let numbers = 0;

export class Recipients {
  constructor(input, server, onInput) {
    this.input = input;
    this.server = server;
    this.onInput = onInput;
    this.error = document.getElementById(`${input.id}-error`);
    this.found = [];
    this.chosen = -1;
    this.asked = 0;
    this.list = document.createElement("ul");
    this.list.id = `proposed-${(numbers += 1)}`;
    this.list.className = "proposed";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Propositions");
    this.list.hidden = true;
    input.after(this.list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.list.id);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("paste", (event) => this.paste(event));
    input.addEventListener("blur", () => {
      this.close();
      this.check();
    });
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  // The word being typed, and where it begins.
  current() {
    const before = this.input.value.slice(0, this.input.selectionStart ?? this.input.value.length);
    const start = Math.max(before.lastIndexOf(","), before.lastIndexOf(";")) + 1;
    const lead = before.slice(start).length - before.slice(start).trimStart().length;
    return { start: start + lead, word: before.slice(start).trim() };
  }

  async typed() {
    this.onInput();
    if (this.error && !this.error.hidden) this.check();
    const { word } = this.current();
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

  open(found) {
    const present = new Set(items(this.input.value).map((item) => addressOf(item).toLowerCase()));
    this.found = found.filter((one) => !present.has(one.address));
    this.chosen = this.found.length ? 0 : -1;
    this.list.replaceChildren(
      ...this.found.map((one, place) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${place}`;
        option.setAttribute("role", "option");
        const name = document.createElement("strong");
        name.textContent = one.name || one.address;
        const detail = document.createElement("span");
        detail.textContent = [one.detail, one.name ? one.address : ""].filter(Boolean).join(" — ");
        option.append(name, " ", detail);
        return option;
      }),
    );
    this.list.hidden = !this.found.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === this.chosen));
      if (place === this.chosen) option.scrollIntoView({ block: "nearest" });
    });
    if (this.chosen >= 0 && !this.list.hidden) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.asked += 1;
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (this.list.hidden || event.ctrlKey || event.metaKey) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) {
      event.preventDefault();
      this.chosen = (this.chosen + moves[event.key] + this.found.length) % this.found.length;
      this.mark();
    } else if (event.key === "Enter" || event.key === "Tab") {
      if (this.chosen < 0) return;
      event.preventDefault();
      this.choose(this.chosen);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    }
  }

  choose(place) {
    const one = this.found[place];
    if (!one) return;
    const { start } = this.current();
    const after = this.input.value.slice(this.input.selectionStart ?? this.input.value.length);
    const name = /[",;<>()@:\\]/.test(one.name) ? `"${one.name.replace(/["\\]/g, "\\$&")}"` : one.name;
    const written = one.name && one.name !== one.address ? `${name} <${one.address}>` : one.address;
    const head = `${this.input.value.slice(0, start)}${written}, `;
    this.input.value = head + after.trimStart();
    this.input.setSelectionRange(head.length, head.length);
    this.close();
    this.onInput();
  }

  // A column of addresses from a spreadsheet or a message: one after the other.
  paste(event) {
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!/[\r\n\t]/.test(text.trim())) return;
    event.preventDefault();
    const joined = text.split(/[\r\n\t]+/).map((one) => one.trim().replace(/[,;]$/, "")).filter(Boolean).join(", ");
    this.input.setRangeText(joined, this.input.selectionStart, this.input.selectionEnd, "end");
    this.onInput();
    this.check();
  }

  check() {
    const found = wrong(this.input.value);
    this.say(found ? `« ${found} » n’est pas une adresse électronique.` : "");
    return !found;
  }

  say(sentence) {
    this.error.textContent = sentence;
    this.error.hidden = !sentence;
    if (sentence) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}
