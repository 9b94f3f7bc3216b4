// The text one writes: rich, or plain by choice.
import Squire from "squire-rte";
import { writeAboveSignature } from "./above_signature.js";
import { sanitizeFragment } from "./sanitize.js";
import { listenToDialogs } from "../../ui/dialogs.js";
import { SETTINGS, STYLES } from "./formats.js";
import { LinkDialog } from "./link_dialog.js";
import { keepKeysOfPictures } from "./pictures.js";
import { Tables } from "./tables.js";
import { Toolbar } from "./toolbar.js";

const PICTURES = /^image\/(png|jpeg|gif|webp)$/;

export class Editor {
  /**
   * @param {ComposerForm} form
   * @param {{onInput: () => void, onPictures: (files: File[]) => void}} page
   */
  constructor(form, { onInput, onPictures }) {
    this.form = form;
    /** @type {HTMLElement} */
    this.root = form.querySelector("#editor");
    /** @type {HTMLTextAreaElement} */
    this.area = form.querySelector("#text");
    /** @type {HTMLButtonElement | null} */
    this.fold = form.querySelector("#unfold");
    this.onInput = onInput;
    this.onPictures = onPictures;
    this.isPlain = Boolean(form.dataset.plain);
    /** @type {string} */
    this.quote = form.querySelector("#first-quote")?.value || "";
    this.isUnfolded = false;
    /** @type {((quote: string) => unknown) | undefined} the quotation asked for as plain text */
    this.onUnfoldPlain = undefined;
    /** @type {{html: string, text: string} | undefined} what became plain: the way back gives it back */
    this.leftRich = undefined;
    this.squire = new Squire(this.root, {
      blockTag: "DIV",
      sanitizeToDOMFragment: (html) => document.importNode(sanitizeFragment(html), true),
    });
    this.squire.setHTML(form.querySelector("#first-html").value);
    this.squire.moveCursorToStart();
    this.toolbar = new Toolbar(form, this.squire, (format, value) => this.format(format, value));
    this.linkDialog = new LinkDialog(this.squire);
    this.listen();
    this.show();
  }

  listen() {
    this.squire.addEventListener("input", () => this.onInput());
    this.area.addEventListener("input", () => this.onInput());
    this.squire.addEventListener("pasteImage", (event) => {
      event.preventDefault();
      const { detail } = /** @type {CustomEvent} */ (event);
      /** @type {DataTransferItem[]} */
      const items = [...(detail?.clipboardData?.items || [])];
      const files = items.map((item) => item.getAsFile()).filter((file) => file !== null);
      this.onPictures(files.filter((file) => PICTURES.test(file.type)));
    });
    for (const keys of ["Ctrl-k", "Meta-k"])
      this.squire.setKeyHandler(keys, (_, event) => {
        event.preventDefault();
        this.format("link");
      });
    /** @type {Tables} */
    this.tables = new Tables(this.root, this.squire, () => this.onInput());
    listenToDialogs("#link-dialog", "#table-dialog");
    this.fold?.addEventListener("click", () => this.unfold());
    writeAboveSignature(this.root, this.area, this.squire);
    keepKeysOfPictures(this.root, this.squire, () => this.onInput());
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  format(name, value = "") {
    const { squire } = this;
    const style = STYLES[name];
    if (style) (squire.hasFormat(style.tag) ? style.remove : style.put)(squire);
    else if (SETTINGS[name]) SETTINGS[name](squire, value);
    else if (name === "link") this.linkDialog.open();
    else if (name === "table") document.querySelector("#table-dialog").showModal();
    else if (name === "picture") document.querySelector("#pictures").click();
    if (!["link", "picture", "table"].includes(name)) squire.focus();
    this.toolbar.showPressed();
  }

  // The signature under one's own text; an empty one takes the former away.
  /** @param {string} html */
  sign(html) {
    if (this.isPlain) {
      const bare = document.createElement("div");
      bare.append(sanitizeFragment(html.replace(/<br\s*\/?>/gi, "\n")));
      const words = bare.textContent.trim();
      this.area.value =
        this.area.value.replace(/\n*(^|\n)-- \n[\s\S]*$/, "") + (words ? `\n\n-- \n${words}\n` : "");
      return;
    }
    const there = this.root.querySelector("[data-signature]");
    const block = document.createElement("div");
    block.dataset.signature = "1";
    block.append(document.createTextNode("-- "), document.createElement("br"), sanitizeFragment(html));
    if (!html) there?.remove();
    else if (there) there.replaceWith(block);
    else {
      const space = document.createElement("div");
      space.append(document.createElement("br"));
      this.root.append(space, block);
    }
    this.squire.saveUndoState();
  }

  // A text kept ready goes where one writes.
  /**
   * @param {string} html
   * @param {string} text
   */
  insert(html, text) {
    if (this.isPlain) this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    else this.squire.insertHTML(html);
    this.onInput();
    this.focus();
  }

  show() {
    this.root.hidden = this.isPlain;
    this.area.hidden = !this.isPlain;
    this.area.dataset.ready = "";
    this.toolbar.show(this.isPlain);
    if (this.fold) {
      this.fold.hidden = this.isUnfolded;
      document.querySelector("#quoted-below").hidden = this.isUnfolded;
    }
  }

  // The quotation becomes part of the text: from then on it can be cut and answered point by point.
  unfold() {
    if (!this.quote || this.isUnfolded) return;
    const own = this.isBlank() ? "<div><br></div>" : this.squire.getHTML();
    if (this.isPlain) return this.onUnfoldPlain?.(this.quote);
    this.squire.setHTML(`${own}<div><br></div>${this.quote}`);
    this.squire.moveCursorToStart();
    this.squire.focus();
    this.isUnfolded = true;
    this.show();
    this.onInput();
  }

  /** @param {string} text */
  appendPlain(text) {
    this.area.value = `${this.area.value.trimEnd()}\n\n${text}`;
    this.isUnfolded = true;
    this.show();
    this.onInput();
  }

  /** @param {string} text */
  toPlain(text) {
    this.area.value = text;
    this.leftRich = { html: this.squire.getHTML(), text: this.area.value };
    this.isPlain = true;
    this.show();
    this.area.focus();
    this.onInput();
  }

  async toRich() {
    const { leftRich } = this;
    if (leftRich?.text === this.area.value) this.squire.setHTML(leftRich.html);
    else await this.#takePlain(leftRich?.html);
    this.isPlain = false;
    this.show();
    this.squire.focus();
    this.onInput();
  }

  /** @param {string | undefined} former what one step back gives: its tables and pictures are not in the lines */
  async #takePlain(former) {
    const lines = this.area.value.split("\n").map((line) => {
      const block = document.createElement("div");
      block.append(line || document.createElement("br"));
      return block;
    });
    if (former !== undefined) {
      this.squire.setHTML(former);
      await undefined; // the editor, which keeps that step, does not look at what changes in the same breath
      this.root.replaceChildren(...lines);
    } else this.squire.setHTML(lines.map((block) => block.outerHTML).join(""));
    this.squire.moveCursorToStart();
  }

  isBlank() {
    return this.isPlain
      ? !this.area.value.trim()
      : !this.root.textContent.trim() && !this.root.querySelector("img, table, hr");
  }

  /**
   * @param {string} path
   * @param {string} name
   */
  insertPicture(path, name) {
    if (this.isPlain) return;
    this.squire.insertImage(path, { alt: name });
    this.squire.focus();
  }

  fields() {
    return {
      html: this.isPlain ? "" : this.squire.getHTML(),
      text: this.isPlain ? this.area.value : "",
      plain: this.isPlain ? "1" : "",
      unfolded: this.isUnfolded ? "1" : "",
    };
  }

  /** @param {DraftFields} fields */
  restore({ plain, unfolded, text, html }) {
    this.isPlain = plain === "1";
    this.isUnfolded = unfolded === "1";
    this.area.value = text;
    this.squire.setHTML(html);
    this.squire.moveCursorToStart();
    this.show();
  }

  /** @param {Record<string, string>} paths by what they were */
  movePictures(paths) {
    for (const picture of this.root.querySelectorAll("img")) {
      const moved = paths[picture.getAttribute("src")];
      if (moved) picture.setAttribute("src", moved);
    }
    for (const [former, path] of Object.entries(paths)) this.quote = this.quote.replaceAll(former, path);
  }

  // What the person wrote, without what they quote: for the forgotten attachment.
  ownWords() {
    if (this.isPlain) return this.area.value.replace(/^>.*$/gm, "");
    const copy = /** @type {HTMLElement} */ (this.root.cloneNode(true));
    for (const quoted of copy.querySelectorAll("blockquote, [data-signature]")) quoted.remove();
    return copy.textContent;
  }

  // The same as HTML; empty if nothing was written.
  ownHtml() {
    const copy = document.createElement("div");
    if (this.isPlain)
      for (const line of this.ownWords().trim().split("\n")) {
        const block = document.createElement("div");
        block.textContent = line;
        copy.append(block);
      }
    else copy.innerHTML = this.squire.getHTML();
    for (const other of copy.querySelectorAll("blockquote, [data-signature]")) other.remove();
    return copy.textContent.trim() ? copy.innerHTML : "";
  }

  focus() {
    if (this.isPlain) this.area.focus();
    else this.squire.focus();
  }
}
