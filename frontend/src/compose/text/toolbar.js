// The toolbar of the rich text and the choices that open under its buttons: one stop of the Tab key, arrows inside.
import { STYLES } from "./formats.js";
/** @typedef {import("squire-rte").default} Squire */

export class Toolbar {
  /**
   * @param {ComposerForm} form
   * @param {Squire} squire
   * @param {(format: string, value?: string) => void} onFormat
   */
  constructor(form, squire, onFormat) {
    /** @type {HTMLElement} */
    this.bar = form.querySelector("#toolbar");
    this.squire = squire;
    /** @type {HTMLElement[]} */
    const popovers = [...form.querySelectorAll("[popover]")];
    for (const tools of [this.bar, ...popovers]) {
      tools.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
      tools.addEventListener("click", (event) => {
        const button = event.target.closest("[data-format]");
        if (!button) return;
        if (tools !== this.bar) tools.hidePopover();
        onFormat(button.dataset.format, button.dataset.value);
      });
    }
    for (const popover of popovers)
      popover.addEventListener("toggle", (event) => this.#place(popover, event.newState));
    this.bar.addEventListener("keydown", (event) => this.#rove(event));
    this.#stopAt(this.bar.querySelector("button"));
    squire.addEventListener("pathChange", () => this.showPressed());
    squire.addEventListener("select", () => this.showPressed());
  }

  // A button is pressed while the selection has what it puts.
  showPressed() {
    for (const [format, { tag }] of Object.entries(STYLES)) {
      const button = this.bar.querySelector(`[data-format="${format}"]`);
      button.setAttribute("aria-pressed", String(this.squire.hasFormat(tag)));
    }
  }

  /**
   * In plain text only the button that brings the rich one back works.
   * @param {boolean} isPlain
   */
  show(isPlain) {
    this.bar.hidden = false;
    for (const button of this.bar.querySelectorAll("[data-format], [popovertarget]"))
      button.disabled = isPlain;
    const plain = this.bar.querySelector("#plain-mode");
    plain?.setAttribute("aria-pressed", String(isPlain));
    if (isPlain) this.#stopAt(plain);
  }

  /** @param {HTMLButtonElement} stop the one button that the Tab key reaches */
  #stopAt(stop) {
    for (const button of this.bar.querySelectorAll("button")) button.tabIndex = button === stop ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  #rove(event) {
    /** @type {HTMLButtonElement[]} */
    const buttons = [...this.bar.querySelectorAll("button:not([hidden]):not(:disabled)")];
    const here = buttons.findIndex((button) => button === document.activeElement);
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -here, End: buttons.length - 1 - here };
    if (!(event.key in steps) || here < 0) return;
    event.preventDefault();
    const next = buttons[(here + steps[event.key] + buttons.length) % buttons.length];
    this.#stopAt(next);
    next.focus();
  }

  /**
   * Under its button, inside the window; the first choice has the focus when the keyboard opened it.
   * @param {HTMLElement} popover
   * @param {string} state
   */
  #place(popover, state) {
    if (state !== "open") return;
    const button = this.bar.querySelector(`[popovertarget="${popover.id}"]`);
    const box = button.getBoundingClientRect();
    popover.style.top = `${box.bottom + 4}px`;
    popover.style.left = `${Math.max(4, Math.min(box.left, window.innerWidth - popover.offsetWidth - 4))}px`;
    if (document.activeElement === button) popover.querySelector("button").focus();
  }
}
