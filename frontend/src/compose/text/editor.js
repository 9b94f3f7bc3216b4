// The rich text, its toolbar, and plain text by choice.
import Squire from "squire-rte";
import { sanitizeFragment } from "./sanitize.js";
import { listenToDialogs } from "../../ui/dialogs.js";
import { CELL, Tables } from "./tables.js";

const PICTURES = /^image\/(png|jpeg|gif|webp)$/;

/**
 * What a button of the toolbar puts, and takes away where it is already.
 * @type {Record<string, {tag: string, put: (squire: Squire) => void, remove: (squire: Squire) => void}>}
 */
const STYLES = {
  bold: { tag: "B", put: (squire) => squire.bold(), remove: (squire) => squire.removeBold() },
  italic: { tag: "I", put: (squire) => squire.italic(), remove: (squire) => squire.removeItalic() },
  underline: { tag: "U", put: (squire) => squire.underline(), remove: (squire) => squire.removeUnderline() },
  strike: {
    tag: "S",
    put: (squire) => squire.strikethrough(),
    remove: (squire) => squire.removeStrikethrough(),
  },
  bullets: {
    tag: "UL",
    put: (squire) => squire.makeUnorderedList(),
    remove: (squire) => squire.removeList(),
  },
  numbers: {
    tag: "OL",
    put: (squire) => squire.makeOrderedList(),
    remove: (squire) => squire.removeList(),
  },
  quote: {
    tag: "BLOCKQUOTE",
    put: (squire) => squire.increaseQuoteLevel(),
    remove: (squire) => squire.decreaseQuoteLevel(),
  },
};

/** @type {Record<string, (squire: Squire, value: string) => void>} what a button sets, or undoes */
const SETTINGS = {
  colour: (squire, value) => squire.setTextColor(value || null),
  highlight: (squire, value) => squire.setHighlightColor(value || null),
  size: (squire, value) => squire.setFontSize(value || null),
  align: (squire, value) => squire.setTextAlignment(value),
  clear: (squire) => squire.removeAllFormatting(),
  undo: (squire) => squire.undo(),
  redo: (squire) => squire.redo(),
  indent: (squire) => indent(squire, 1),
  outdent: (squire) => indent(squire, -1),
};

const INDENT = 40; // pixels

// An item of a list changes its level, a paragraph its margin.
/**
 * @param {Squire} squire
 * @param {number} step 1 or -1
 */
function indent(squire, step) {
  if (squire.hasFormat("LI")) {
    if (step > 0) squire.increaseListLevel();
    else squire.decreaseListLevel();
    return;
  }
  squire.forEachBlock((block) => {
    const margin = Math.max(0, (Number.parseInt(block.style.marginLeft, 10) || 0) + step * INDENT);
    block.style.marginLeft = margin ? `${margin}px` : "";
    if (!block.getAttribute("style")) block.removeAttribute("style");
    return false;
  }, true);
}

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
    /** @type {HTMLElement} */
    this.toolbar = form.querySelector("#toolbar");
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
    /** @type {Range | undefined} where the link will be put */
    this.range = undefined;
    this.squire = new Squire(this.root, {
      blockTag: "DIV",
      sanitizeToDOMFragment: (html) => document.importNode(sanitizeFragment(html), true),
    });
    this.squire.setHTML(form.querySelector("#first-html").value);
    this.squire.moveCursorToStart();
    /** @type {HTMLElement[]} */
    this.popovers = [...form.querySelectorAll("[popover]")];
    this.listen();
    this.show();
  }

  listen() {
    this.squire.addEventListener("input", () => this.onInput());
    this.area.addEventListener("input", () => this.onInput());
    this.squire.addEventListener("pathChange", () => this.tell());
    this.squire.addEventListener("select", () => this.tell());
    this.squire.addEventListener("pasteImage", (event) => {
      event.preventDefault();
      const { detail } = /** @type {CustomEvent} */ (event);
      /** @type {DataTransferItem[]} */
      const items = [...(detail?.clipboardData?.items || [])];
      const files = items.map((item) => item.getAsFile()).filter((file) => file !== null);
      this.onPictures(files.filter((file) => PICTURES.test(file.type)));
    });
    this.squire.setKeyHandler("Ctrl-k", (_, event) => this.intercept(event, "link"));
    this.squire.setKeyHandler("Meta-k", (_, event) => this.intercept(event, "link"));
    /** @type {Tables} */
    this.tables = new Tables(this.root, this.squire, () => this.onInput());
    for (const tools of [this.toolbar, ...this.popovers]) {
      tools.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
      tools.addEventListener("click", (event) => {
        const button = event.target.closest("[data-format]");
        if (!button) return;
        if (tools !== this.toolbar) tools.hidePopover();
        this.format(button.dataset.format, button.dataset.value);
      });
    }
    for (const popover of this.popovers)
      popover.addEventListener("toggle", (event) => this.place(popover, event.newState));
    listenToDialogs("#link-dialog", "#table-dialog");
    document.querySelector("#table-put").addEventListener("click", () => this.putTable());
    this.toolbar.addEventListener("keydown", (event) => this.rove(event));
    for (const button of this.toolbar.querySelectorAll("button")) button.tabIndex = -1;
    this.toolbar.querySelector("button").tabIndex = 0;
    this.fold?.addEventListener("click", () => this.unfold());
    document.querySelector("#link-put").addEventListener("click", () => this.putLink());
    document.querySelector("#link-remove").addEventListener("click", () => {
      document.querySelector("#link-dialog").close();
      this.squire.removeLink();
      this.squire.focus();
    });
  }

  /**
   * @param {Event} event
   * @param {string} what
   */
  intercept(event, what) {
    event.preventDefault();
    this.format(what);
  }

  /** @param {KeyboardEvent} event */
  rove(event) {
    /** @type {HTMLButtonElement[]} */
    const buttons = [...this.toolbar.querySelectorAll("button:not([hidden]):not(:disabled)")];
    const here = buttons.findIndex((button) => button === document.activeElement);
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -here, End: buttons.length - 1 - here };
    if (!(event.key in steps) || here < 0) return;
    event.preventDefault();
    const next = buttons[(here + steps[event.key] + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }

  // Under its button, inside the window; the first choice has the focus when the keyboard opened it.
  /**
   * @param {HTMLElement} popover
   * @param {string} state
   */
  place(popover, state) {
    if (state !== "open") return;
    const button = this.toolbar.querySelector(`[popovertarget="${popover.id}"]`);
    const box = button.getBoundingClientRect();
    popover.style.top = `${box.bottom + 4}px`;
    popover.style.left = `${Math.max(4, Math.min(box.left, window.innerWidth - popover.offsetWidth - 4))}px`;
    if (document.activeElement === button) popover.querySelector("button").focus();
  }

  /**
   * @param {string} what
   * @param {string} value
   */
  format(what, value = "") {
    const { squire } = this;
    const style = STYLES[what];
    if (style) (squire.hasFormat(style.tag) ? style.remove : style.put)(squire);
    else if (SETTINGS[what]) SETTINGS[what](squire, value);
    else if (what === "link") this.askLink();
    else if (what === "table") document.querySelector("#table-dialog").showModal();
    else if (what === "picture") document.querySelector("#pictures").click();
    if (!["link", "picture", "table"].includes(what)) squire.focus();
    this.tell();
  }

  askLink() {
    const dialog = document.querySelector("#link-dialog");
    const field = dialog.querySelector("#link-address");
    this.range = this.squire.getSelection();
    const node = this.range.commonAncestorContainer;
    const link = (node instanceof Element ? node : node.parentElement)?.closest("a");
    field.value =
      link?.href ||
      (/^https?:\/\/\S+$/.test(this.squire.getSelectedText()) ? this.squire.getSelectedText() : "");
    dialog.showModal();
  }

  putLink() {
    const dialog = document.querySelector("#link-dialog");
    let address = dialog.querySelector("#link-address").value.trim();
    if (!address) return;
    if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) address = `mailto:${address}`;
    if (!/^(https?:|mailto:|tel:)/i.test(address)) address = `https://${address}`;
    dialog.close();
    if (this.range) this.squire.setSelection(this.range);
    this.squire.makeLink(address);
    this.squire.focus();
  }

  putTable() {
    const dialog = document.querySelector("#table-dialog");
    const [rows, columns] = ["rows", "columns"].map((one) => {
      const field = dialog.querySelector(`#table-${one}`);
      return Math.max(1, Math.min(Number(field.max), Math.round(Number(field.value)) || 1));
    });
    dialog.close();
    const row = `<tr>${CELL.repeat(columns)}</tr>`;
    const table = `<table style="border-collapse: collapse; width: 100%"><tbody>${row.repeat(rows)}</tbody></table>`;
    this.tables.enter(() => this.squire.insertHTML(`${table}<div><br></div>`));
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

  tell() {
    for (const [what, { tag }] of Object.entries(STYLES)) {
      const button = this.toolbar.querySelector(`[data-format="${what}"]`);
      button.setAttribute("aria-pressed", String(this.squire.hasFormat(tag)));
    }
  }

  show() {
    this.root.hidden = this.isPlain;
    this.area.hidden = !this.isPlain;
    this.area.dataset.ready = "";
    this.toolbar.hidden = false;
    for (const button of this.toolbar.querySelectorAll("[data-format], [popovertarget]"))
      button.disabled = this.isPlain;
    const plain = this.toolbar.querySelector("#plain-mode");
    plain?.setAttribute("aria-pressed", String(this.isPlain));
    if (this.isPlain) {
      for (const button of this.toolbar.querySelectorAll("button")) button.tabIndex = -1;
      plain.tabIndex = 0;
    }
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
    this.isPlain = true;
    this.show();
    this.area.focus();
    this.onInput();
  }

  toRich() {
    const holder = document.createElement("div");
    for (const line of this.area.value.split("\n")) {
      const block = document.createElement("div");
      if (line) block.textContent = line;
      else block.append(document.createElement("br"));
      holder.append(block);
    }
    this.squire.setHTML(holder.innerHTML);
    this.isPlain = false;
    this.show();
    this.squire.focus();
    this.onInput();
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

  /** @param {DraftFields} kept */
  restore(kept) {
    this.isPlain = kept.plain === "1";
    this.isUnfolded = kept.unfolded === "1";
    this.area.value = kept.text;
    this.squire.setHTML(kept.html);
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
