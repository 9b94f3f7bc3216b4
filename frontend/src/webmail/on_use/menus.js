// Menus at the pointer, under a button or under the focused thing: the same by mouse, by keyboard, by a long press.
// Loaded with the first one that opens; what asks for them is in page/context_menu.js.
import { create, find } from "../../ui/dom.js";
import { rowMenu } from "../list/row_menu.js";

class ContextMenu {
  constructor() {
    this.box = create("div");
    this.box.className = "menu-list context";
    this.box.setAttribute("role", "menu");
    this.box.hidden = true;
    (find("main") ?? document.body).append(this.box); // within a landmark
    document.addEventListener("pointerdown", (event) => {
      if (!this.box.hidden && !this.box.contains(event.target)) this.close(false);
    });
    document.addEventListener("scroll", () => this.close(false), true);
    window.addEventListener("resize", () => this.close(false));
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  // `items`: [words, icon, act] each, null for a line between; `from`: says what has the focus back afterwards.
  /**
   * @param {string} label
   * @param {MenuItem[]} items
   * @param {Point & {from: () => HTMLElement | null | undefined}} at from: what has the focus back
   */
  open(label, items, { x, y, from }) {
    /** @type {() => HTMLElement | null | undefined} */
    this.from = from;
    this.box.setAttribute("aria-label", label);
    this.box.replaceChildren(
      ...items.map((item) => {
        if (!item) return create("hr");
        const [words, icon, act] = item;
        const button = create("button");
        button.type = "button";
        button.tabIndex = -1;
        button.setAttribute("role", "menuitem");
        const drawn = window.vaguemestre?.icon(icon);
        if (drawn) button.append(drawn);
        const said = create("span");
        said.textContent = words;
        button.append(said);
        button.addEventListener("click", () => {
          this.close();
          act();
        });
        return button;
      }),
    );
    this.box.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.box;
    this.box.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
    this.box.style.top = `${Math.max(4, Math.min(y, innerHeight - height - 4))}px`;
    this.box.querySelector("button")?.focus({ preventScroll: true });
  }

  /** @param {boolean} back */
  close(back = true) {
    if (this.box.hidden) return;
    this.box.hidden = true;
    if (back) this.from()?.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const buttons = [...this.box.querySelectorAll("button")];
    const place = buttons.indexOf(document.activeElement);
    const go = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") this.close();
    else if (go !== undefined) buttons[(go + buttons.length) % buttons.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

export const menu = new ContextMenu();

/**
 * The menu of a row, at a point of the page.
 * @param {MailApp} app
 * @param {MessageRow} row
 * @param {Point} at
 */
export function openRowMenu(app, row, at) {
  const { label, items, from } = rowMenu(app, row);
  menu.open(label, items, { ...at, from });
}
