// Where a message or a folder may go: chosen by arrows, or by the first letters of a name.
import { create } from "../../ui/dom.js";
import { foldAccents } from "../search/fold_accents.js";

const PAUSE_MS = 900; // after which letters begin another name

/**
 * One of the folders offered, as its dialog lists it.
 * @param {string} words
 * @param {Record<string, string>} data what the button stands for
 * @param {Node | null} [icon]
 */
export function targetItem(words, data, icon = null) {
  const item = create("li");
  const button = create("button");
  button.type = "button";
  button.className = "btn quiet wide";
  Object.assign(button.dataset, data);
  button.append(icon ?? "", words);
  item.append(button);
  return item;
}

/** @param {HTMLDialogElement} dialog */
export function listenToFolderPicker(dialog) {
  let typed = "";
  let last = 0;
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input")) return;
    /** @type {HTMLElement[]} */
    const buttons = [...dialog.querySelectorAll(".targets button")];
    const place = buttons.findIndex((button) => button === document.activeElement);
    const go = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: buttons.length - 1 }[event.key];
    /** @type {HTMLElement | null | undefined} */
    let wanted = go === undefined ? null : buttons[Math.max(0, Math.min(go, buttons.length - 1))];
    if (event.key.length === 1 && event.key !== " ") {
      typed = event.timeStamp - last > PAUSE_MS ? foldAccents(event.key) : typed + foldAccents(event.key);
      last = event.timeStamp;
      const starts = (/** @type {HTMLElement} */ button) =>
        button.textContent.split(" / ").some((step) => foldAccents(step.trim()).startsWith(typed));
      wanted = [...buttons.slice(typed.length > 1 ? Math.max(place, 0) : place + 1), ...buttons].find(starts);
    }
    if (!wanted) return;
    event.preventDefault();
    wanted.focus();
  });
}

/** @param {HTMLDialogElement} dialog */
export function openFolderPicker(dialog) {
  dialog.showModal();
  dialog.querySelector(".targets button")?.focus();
}
