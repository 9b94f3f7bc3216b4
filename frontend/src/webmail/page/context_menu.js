// Menus at the pointer, under a button or under the focused thing: the same by mouse, by keyboard, by a long press.
import { create } from "../../ui/dom.js";

const LONG = 550;

export class ContextMenu {
  constructor() {
    this.box = create("div");
    this.box.className = "menu-list context";
    this.box.setAttribute("role", "menu");
    this.box.hidden = true;
    document.body.append(this.box);
    document.addEventListener("pointerdown", (event) => {
      if (!this.box.hidden && !this.box.contains(event.target)) this.close(false);
    });
    document.addEventListener("scroll", () => this.close(false), true);
    window.addEventListener("resize", () => this.close(false));
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  get isOpen() {
    return !this.box.hidden;
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

// Right button, menu key, Shift+F10, or a finger that stays: all end in `contextmenu`, but for some phones.
/**
 * @template {HTMLElement} T
 * @param {HTMLElement} root
 * @param {string} selector
 * @param {(target: T, at: Point) => void} act
 */
export function onContextMenu(root, selector, act) {
  /** @type {number | undefined} */
  let timer;
  root.addEventListener("contextmenu", (event) => {
    const target = event.target.closest?.(selector);
    if (!target || event.ctrlKey) return;
    event.preventDefault();
    clearTimeout(timer);
    const box = (
      document.activeElement && target.contains(document.activeElement) ? document.activeElement : target
    ).getBoundingClientRect();
    const byKey = event.button !== 2 && !event.clientX;
    act(target, byKey ? { x: box.left + 24, y: box.top + 24 } : { x: event.clientX, y: event.clientY });
  });
  root.addEventListener(
    "touchstart",
    (event) => {
      const target = event.target.closest?.(selector);
      if (!target || event.touches.length > 1) return;
      const { clientX: x, clientY: y } = event.touches[0];
      timer = setTimeout(() => {
        root.addEventListener("touchend", (end) => end.preventDefault(), { once: true, passive: false });
        act(target, { x, y });
      }, LONG);
    },
    { passive: true },
  );
  for (const end of ["touchmove", "touchend", "touchcancel"])
    root.addEventListener(end, () => clearTimeout(timer), { passive: true });
}
