// What asks for a menu; the menus themselves are loaded with the first one (on_use/menus.js).
import { find, load } from "../../ui/dom.js";

const LONG_PRESS_MS = 550;

/** Where menus and what fills them are, once one is asked for. */
export function loadMenus() {
  return load("webmail/on_use/menus.js");
}

export function isMenuOpen() {
  return Boolean(find(".menu-list.context:not([hidden])"));
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
      }, LONG_PRESS_MS);
    },
    { passive: true },
  );
  for (const end of ["touchmove", "touchend", "touchcancel"])
    root.addEventListener(end, () => clearTimeout(timer), { passive: true });
}
