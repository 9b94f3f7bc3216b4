// Attachments that are in the mailbox already: looked for, chosen, never sent up again.
import { octets } from "./attachment_row.js";
import { Refused } from "../server.js";

const PAUSE_MS = 300; // after the last letter
const AWAY = "La messagerie ne répond pas : réessayez dans un instant.";

export class AttachFromMail {
  /**
   * @param {Server} server
   * @param {(enclosures: Enclosure[]) => void} onTaken
   */
  constructor(server, onTaken) {
    this.server = server;
    this.onTaken = onTaken;
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {symbol | undefined} the search awaited; an answer to another comes too late */
    this.search = undefined;
    /** @type {symbol | undefined} the message whose files are awaited, in the same way */
    this.unfolding = undefined;
    /** @type {SourceMessage | null} */
    this.chosen = null;
    /** @type {HTMLDialogElement} */
    this.dialog = document.querySelector("#from-mail-dialog");
    /** @type {HTMLInputElement} */
    this.input = this.dialog.querySelector("#from-mail-search");
    /** @type {HTMLElement} */
    this.list = this.dialog.querySelector("#from-mail-list");
    /** @type {HTMLElement} */
    this.status = this.dialog.querySelector("#from-mail-status");
    /** @type {HTMLButtonElement} */
    this.attach = this.dialog.querySelector("#from-mail-attach");
    document.querySelector("#from-mail").addEventListener("click", () => this.open());
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.findMessages(), PAUSE_MS);
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    this.list.addEventListener("change", () => this.showAttach());
    this.attach.addEventListener("click", () => this.attachChosen());
  }

  open() {
    this.input.value = "";
    this.list.replaceChildren();
    this.dialog.showModal();
    this.findMessages();
  }

  async findMessages() {
    const search = (this.search = Symbol("search"));
    this.say("Recherche…");
    let messages;
    try {
      const query = encodeURIComponent(this.input.value.trim());
      ({ messages } = await this.server.ask(`${this.server.home}courriels/?q=${query}`));
    } catch {
      if (search === this.search) this.say(AWAY);
      return;
    }
    if (search !== this.search) return;
    this.chosen = null;
    this.unfolding = undefined;
    this.list.replaceChildren(
      ...messages.map((/** @type {SourceMessage} */ message) => this.messageItem(message)),
    );
    this.say(messages.length ? "" : "Aucun courriel trouvé.");
    this.showAttach();
  }

  /** @param {SourceMessage} message */
  messageItem(message) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "source";
    button.setAttribute("aria-expanded", "false");
    const subject = document.createElement("strong");
    subject.className = "clip";
    subject.textContent = message.subject || "(sans objet)";
    const about = document.createElement("span");
    about.className = "quiet-ink small clip";
    about.textContent = `${message.sender} · ${message.day}`;
    button.append(subject, about);
    button.addEventListener("click", () => this.unfold(message, item, button));
    item.append(button);
    return item;
  }

  /**
   * @param {SourceMessage} message
   * @param {HTMLElement} item
   * @param {HTMLElement} button
   */
  async unfold(message, item, button) {
    for (const other of this.list.querySelectorAll(".source"))
      other.setAttribute("aria-expanded", String(other === button));
    for (const choices of this.list.querySelectorAll("fieldset")) choices.remove();
    const unfolding = (this.unfolding = Symbol("files"));
    this.chosen = message;
    let files;
    try {
      files = message.files ? await this.filesOf(message) : [];
    } catch {
      return this.say("Ce courriel ne peut pas être lu pour l’instant.");
    }
    if (unfolding !== this.unfolding) return; // another was pressed meanwhile, or this one again
    const choices = this.choicesOf(files);
    item.append(choices);
    this.showAttach();
    choices.querySelector("input").focus();
  }

  /**
   * @param {SourceMessage} message
   * @returns {Promise<SourceFile[]>}
   */
  async filesOf({ folder, uid_validity: validity, uid }) {
    const query = new URLSearchParams({ folder, uid_validity: validity, uid });
    return (await this.server.ask(`${this.server.home}courriels/pieces/?${query}`)).files;
  }

  /** @param {SourceFile[]} files */
  choicesOf(files) {
    const choices = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.className = "vh";
    legend.textContent = "À joindre";
    choices.append(
      legend,
      ...files.map(({ number, name, size }) =>
        this.choice(number, `${name} (${octets(size)})`, files.length === 1),
      ),
      this.choice("", "Le courriel entier", !files.length),
    );
    return choices;
  }

  /**
   * @param {string} number of the part; "" for the whole message
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

  /** @returns {string[]} part numbers; "" for the whole message */
  get chosenParts() {
    return Array.from(this.list.querySelectorAll("input:checked"), (box) => box.value);
  }

  showAttach() {
    this.attach.disabled = !this.chosenParts.length;
  }

  /** @param {string} sentence */
  say(sentence) {
    this.status.textContent = sentence;
  }

  async attachChosen() {
    if (!this.chosen) return;
    const { folder, uid_validity: validity, uid } = this.chosen;
    this.attach.disabled = true;
    const numbers = this.chosenParts;
    /** @type {[name: string, value: string][][]} the fields of each request: files, then the whole message */
    const requests = [];
    if (numbers.some(Boolean)) requests.push(numbers.filter(Boolean).map((number) => ["part", number]));
    if (numbers.includes("")) requests.push([["whole", "1"]]);
    try {
      for (const fields of requests) {
        const { enclosures } = await this.server.post("pieces/courriel/", [
          ["folder", folder],
          ["uid_validity", validity],
          ["uid", uid],
          ...fields,
        ]);
        this.onTaken(enclosures);
      }
      this.dialog.close();
    } catch (error) {
      this.say(error instanceof Refused ? error.message : AWAY);
    }
    this.showAttach();
  }
}
