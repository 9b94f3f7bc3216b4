// Attachments that are in the mailbox already: looked for, chosen, never sent up again.
import { octets } from "./attachment_row.js";
import { Refused } from "../server.js";

const BREATH = 300;

export class AttachFromMail {
  /**
   * @param {Server} server
   * @param {{onTaken: (enclosures: Enclosure[]) => void, onTrouble: (sentence: string) => void}} page
   */
  constructor(server, { onTaken, onTrouble }) {
    this.server = server;
    this.onTaken = onTaken;
    this.onTrouble = onTrouble;
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {SourceMessage | null} */
    this.chosen = null;
    /** @type {HTMLDialogElement} */
    this.dialog = document.querySelector("#borrow-dialog");
    /** @type {HTMLInputElement} */
    this.search = this.dialog.querySelector("#borrow-search");
    /** @type {HTMLElement} */
    this.list = this.dialog.querySelector("#borrow-list");
    /** @type {HTMLElement} */
    this.said = this.dialog.querySelector("#borrow-said");
    /** @type {HTMLButtonElement} */
    this.take = this.dialog.querySelector("#borrow-take");
    document.querySelector("#borrow").addEventListener("click", () => this.show());
    this.search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), BREATH);
    });
    this.search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    this.list.addEventListener("change", () => this.tell());
    this.take.addEventListener("click", () => this.join());
  }

  show() {
    this.search.value = "";
    this.list.replaceChildren();
    this.dialog.showModal();
    this.look();
  }

  async look() {
    const asked = (this.asked = Symbol("search"));
    this.say("Recherche…");
    let told;
    try {
      told = await this.server.ask(
        `${this.server.home}courriels/?q=${encodeURIComponent(this.search.value.trim())}`,
      );
    } catch {
      return asked === this.asked && this.say("La messagerie ne répond pas : réessayez dans un instant.");
    }
    if (asked !== this.asked) return;
    this.chosen = null;
    this.list.replaceChildren(
      ...told.messages.map((/** @type {SourceMessage} */ message) => this.line(message)),
    );
    this.say(told.messages.length ? "" : "Aucun courriel trouvé.");
    this.tell();
  }

  /** @param {SourceMessage} one */
  line(one) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "source";
    button.setAttribute("aria-expanded", "false");
    const subject = document.createElement("strong");
    subject.className = "clip";
    subject.textContent = one.subject || "(sans objet)";
    const about = document.createElement("span");
    about.className = "quiet-ink small clip";
    about.textContent = `${one.sender} · ${one.day}`;
    button.append(subject, about);
    button.addEventListener("click", () => this.unfold(one, item, button));
    item.append(button);
    return item;
  }

  /**
   * @param {SourceMessage} one
   * @param {HTMLElement} item
   * @param {HTMLElement} button
   */
  async unfold(one, item, button) {
    for (const other of this.list.querySelectorAll(".source"))
      other.setAttribute("aria-expanded", String(other === button));
    for (const other of this.list.querySelectorAll("fieldset")) other.remove();
    this.chosen = one;
    const place = new URLSearchParams({ folder: one.folder, uid_validity: one.uid_validity, uid: one.uid });
    /** @type {SourceFile[]} */
    let files = [];
    if (one.files) {
      try {
        ({ files } = await this.server.ask(`${this.server.home}courriels/pieces/?${place}`));
      } catch {
        return this.say("Ce courriel ne peut pas être lu pour l’instant.");
      }
    }
    if (this.chosen !== one) return;
    const set = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.className = "vh";
    legend.textContent = "À joindre";
    set.append(
      legend,
      ...files.map((file) =>
        this.choice(file.number, `${file.name} (${octets(file.size)})`, files.length === 1),
      ),
    );
    set.append(this.choice("", "Le courriel entier", !files.length));
    item.append(set);
    this.tell();
    set.querySelector("input").focus();
  }

  /**
   * @param {string} number
   * @param {string} words
   * @param {boolean} isChosen
   */
  choice(number, words, isChosen) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.value = number;
    box.checked = isChosen;
    const text = document.createElement("span");
    text.textContent = words;
    label.append(box, text);
    return label;
  }

  get boxes() {
    return [...this.list.querySelectorAll("input:checked")];
  }

  tell() {
    this.take.disabled = !this.boxes.length;
  }

  /** @param {string} sentence */
  say(sentence) {
    this.said.textContent = sentence;
  }

  async join() {
    if (!this.chosen) return;
    const { folder, uid_validity: validity, uid } = this.chosen;
    this.take.disabled = true;
    const numbers = this.boxes.map((box) => box.value);
    /** @type {[name: string, value: string][][]} */
    const asked = [];
    if (numbers.some(Boolean)) asked.push(numbers.filter(Boolean).map((number) => ["part", number]));
    if (numbers.includes("")) asked.push([["whole", "1"]]);
    try {
      for (const what of asked) {
        const told = await this.server.post("pieces/courriel/", [
          ["folder", folder],
          ["uid_validity", validity],
          ["uid", uid],
          ...what,
        ]);
        this.onTaken(told.enclosures);
      }
      this.dialog.close();
    } catch (error) {
      this.say(
        error instanceof Refused ? error.message : "La messagerie ne répond pas : réessayez dans un instant.",
      );
    }
    this.tell();
  }
}
