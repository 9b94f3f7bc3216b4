// Where a message or a folder may go: chosen by arrows, or by the first letters of a name.
import { bare } from "../search/bare.js";

const PAUSE = 900; // milliseconds after which letters begin another name

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
      typed = event.timeStamp - last > PAUSE ? bare(event.key) : typed + bare(event.key);
      last = event.timeStamp;
      const starts = (/** @type {HTMLElement} */ button) =>
        button.textContent.split(" / ").some((step) => bare(step.trim()).startsWith(typed));
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
