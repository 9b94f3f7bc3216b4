// Keys on a picture that was clicked: the editor's own take its whole line away, and swallow what is typed.
/** @typedef {import("squire-rte").default} Squire */

const ALONE = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock"]);
const BETWEEN_LINES = new Set(["ArrowUp", "ArrowDown"]); // the editor's own go to the line above or below
const BEFORE = new Set(["ArrowLeft", "Home"]);
const COPIED = new Set(["c", "x"]);

/**
 * @param {HTMLElement} root
 * @param {Squire} squire
 * @param {() => void} onChange
 */
export function keepKeysOfPictures(root, squire, onChange) {
  // on the window: before the editor's own, which listens to the document
  window.addEventListener("keydown", (event) => onKey(event, root, squire, onChange), true);
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} root
 * @param {Squire} squire
 * @param {() => void} onChange
 */
function onKey(event, root, squire, onChange) {
  const picture = document.activeElement;
  if (!picture?.matches("img[tabindex]") || !root.contains(picture)) return;
  if (BETWEEN_LINES.has(event.key)) return;
  if (ALONE.has(event.key)) return event.stopImmediatePropagation();
  const isRemoval = ["Delete", "Backspace"].includes(event.key);
  const isCopy = (event.ctrlKey || event.metaKey) && COPIED.has(event.key.toLowerCase());
  document.dispatchEvent(new MouseEvent("click")); // as elsewhere: the editor lets go of the picture and its keys
  const range = document.createRange();
  range.selectNode(picture);
  if (!isRemoval && !isCopy) range.collapse(BEFORE.has(event.key));
  squire.focus();
  squire.setSelection(range);
  if (!isRemoval && event.key !== "Escape") return; // the rest of the key's way: into the text
  event.preventDefault();
  event.stopImmediatePropagation();
  if (isRemoval) remove(range, picture, squire, onChange);
}

/**
 * @param {Range} range around the picture
 * @param {Element} picture
 * @param {Squire} squire
 * @param {() => void} onChange
 */
function remove(range, picture, squire, onChange) {
  squire.saveUndoState(range);
  const line = /** @type {Element} */ (picture.parentElement);
  range.deleteContents();
  if (!line.childNodes.length) line.append(document.createElement("br"));
  squire.setSelection(range);
  onChange();
}
