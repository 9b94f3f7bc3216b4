// The dialog that puts a link on the selection, or changes the one the caret is in.
/** @typedef {import("squire-rte").default} Squire */

export class LinkDialog {
  /** @param {Squire} squire */
  constructor(squire) {
    this.squire = squire;
    /** @type {HTMLDialogElement} */
    this.dialog = document.querySelector("#link-dialog");
    /** @type {HTMLInputElement} */
    this.field = this.dialog.querySelector("#link-address");
    /** @type {Range | undefined} where the link will be put */
    this.range = undefined;
    document.querySelector("#link-put").addEventListener("click", () => this.#put());
    document.querySelector("#link-remove").addEventListener("click", () => this.#remove());
  }

  open() {
    this.range = this.squire.getSelection();
    const node = this.range.commonAncestorContainer;
    const link = (node instanceof Element ? node : node.parentElement)?.closest("a");
    const text = this.squire.getSelectedText();
    this.field.value = link?.href || (/^https?:\/\/\S+$/.test(text) ? text : "");
    this.dialog.showModal();
  }

  #put() {
    const address = linkAddress(this.field.value);
    if (!address) return;
    this.dialog.close();
    if (this.range) this.squire.setSelection(this.range);
    this.squire.makeLink(address);
    this.squire.focus();
  }

  #remove() {
    this.dialog.close();
    this.squire.removeLink();
    this.squire.focus();
  }
}

/**
 * The address that was meant: of a mailbox, by telephone, else of a page. Nothing else may become a link.
 * @param {string} typed
 */
export function linkAddress(typed) {
  const address = typed.trim();
  if (!address || /^(https?:|mailto:|tel:)/i.test(address)) return address;
  return /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(address) ? `mailto:${address}` : `https://${address}`;
}
