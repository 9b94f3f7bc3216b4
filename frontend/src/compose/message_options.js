// As whom one writes, what is asked of the way and of the reader, the texts fields ready.
import { listenToDialogs } from "../ui/dialogs.js";

export class MessageOptions {
  /**
   * @param {ComposerForm} form
   * @param {Server} server
   * @param {Editor} editor
   * @param {{onChange: () => void, onTrouble: (sentence: string) => void, onElsewhere: (box: string) => void}} page
   */
  constructor(form, server, editor, { onChange, onTrouble, onElsewhere }) {
    this.form = form;
    this.server = server;
    this.editor = editor;
    this.onTrouble = onTrouble;
    this.onChange = onChange;
    this.onElsewhere = onElsewhere;
    this.offerOtherMailboxes(JSON.parse(document.querySelector("#other-mailboxes").textContent));
    /** @type {Record<string, string>} HTML, by identity */
    this.signatures = JSON.parse(document.querySelector("#signatures").textContent);
    this.identity = form.elements.identity.value;
    form.elements.identity.addEventListener("change", () => this.chooseIdentity(form.elements.identity));
    for (const name of /** @type {const} */ (["importance", "wants_receipt", "wants_report"]))
      form.elements[name].addEventListener("change", () => this.noteChange());
    document
      .querySelector("#options")
      .addEventListener("click", () => document.querySelector("#options-dialog").showModal());
    document.querySelector("#stock").addEventListener("click", () => this.offer());
    document.querySelector("#stock-keep").addEventListener("click", () => this.keepText());
    listenToDialogs("#stock-dialog");
    this.tell();
  }

  // Other mailboxes one writes from: the message goes on there.
  /** @param {[box: string, words: string][]} boxes */
  offerOtherMailboxes(boxes) {
    if (!boxes.length) return;
    const group = document.createElement("optgroup");
    group.label = "Depuis une autre boîte";
    for (const [box, words] of boxes) group.append(new Option(words, `box:${box}`));
    this.form.elements.identity.append(group);
  }

  /** @param {HTMLSelectElement} list */
  chooseIdentity(list) {
    if (list.value.startsWith("box:")) {
      const box = list.value.slice("box:".length);
      list.value = this.identity;
      return this.onElsewhere(box);
    }
    this.identity = list.value;
    this.sign();
    return this.onChange();
  }

  // The signature of whoever writes now takes the place of the former one.
  sign() {
    this.editor.sign(this.signatures[this.form.elements.identity.value] || "");
  }

  fields() {
    const { identity, importance, wants_receipt: receipt, wants_report: report } = this.form.elements;
    return {
      identity: identity.value || "0",
      importance: importance.value,
      wants_receipt: receipt.checked ? "1" : "",
      wants_report: report.checked ? "1" : "",
    };
  }

  /** @param {DraftFields} fields */
  restore(fields) {
    const { identity, importance, wants_receipt: receipt, wants_report: report } = this.form.elements;
    if (fields.identity && [...identity.options].some(({ value }) => value === fields.identity))
      this.identity = identity.value = fields.identity;
    importance.value = fields.importance || "";
    receipt.checked = fields.wants_receipt === "1";
    report.checked = fields.wants_report === "1";
    this.tell();
  }

  noteChange() {
    this.tell();
    this.onChange();
  }

  // The button says that something is asked, without opening it.
  tell() {
    const { importance, wants_receipt: receipt, wants_report: report } = this.form.elements;
    const isSet = Boolean(importance.value || receipt.checked || report.checked);
    document.querySelector("#options").classList.toggle("set", isSet);
  }

  // Save what was written, without signature and quotation, as a stock text.
  async keepText() {
    const dialog = document.querySelector("#stock-dialog");
    const title = dialog.querySelector("#stock-name");
    const error = dialog.querySelector("#stock-error");
    const html = this.editor.ownHtml();
    error.hidden = Boolean(title.value.trim() && html);
    error.textContent = html ? "Donnez-lui un titre." : "Écrivez d’abord un texte.";
    if (!error.hidden) return title.focus();
    const { subject } = this.form.elements;
    const { address } = dialog.querySelector("#stock-keep").dataset;
    const fields = { title: title.value, subject: subject.value, html };
    if (!(await this.server.postForm(address, fields).catch(() => false))) {
      error.textContent = "La réponse type n’a pas pu être enregistrée. Réessayez dans un instant.";
      error.hidden = false;
      return undefined;
    }
    title.value = "";
    dialog.close();
    return window.vaguemestre.notify("Réponse type enregistrée.");
  }

  async offer() {
    const dialog = document.querySelector("#stock-dialog");
    /** @type {StockText[]} */
    let texts;
    try {
      ({ texts } = await this.server.ask(`${this.server.home}types/`));
    } catch {
      return this.onTrouble("Les réponses types ne sont pas disponibles pour l’instant.");
    }
    dialog.querySelector("#stock-none").hidden = texts.length > 0;
    dialog.querySelector("#stock-list").replaceChildren(
      ...texts.map(({ title, school, subject, html, text }) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn line wide";
        button.textContent = school ? `${title} — ${school}` : title;
        button.addEventListener("click", () => {
          const field = this.form.elements.subject;
          dialog.close();
          if (subject && !field.value) field.value = subject;
          this.editor.insert(html, text);
        });
        item.append(button);
        return item;
      }),
    );
    dialog.showModal();
  }
}
