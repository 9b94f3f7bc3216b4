// A click beside what is written: one goes on above the signature, not glued to its last line.

const SIGNED = /^\s*-- \n/;

/**
 * @param {HTMLElement} root the rich text
 * @param {HTMLTextAreaElement} area the plain one
 * @param {import("squire-rte").default} squire
 */
export function writeAboveSignature(root, area, squire) {
  let hadFocus = false;
  root.addEventListener("mousedown", () => (hadFocus = root.contains(document.activeElement)));
  root.addEventListener("click", (event) => {
    const signature = /** @type {HTMLElement | null} */ (root.querySelector(":scope > [data-signature]"));
    const range = squire.getSelection();
    if (!signature || !range.collapsed) return;
    const isBlank = isBlankBefore(signature);
    const isMissed = isBelow(event, root, signature);
    if (isMissed && !isBlank) goBefore(signature, squire);
    else if (isBlank && (isMissed || (!hadFocus && signature.contains(range.startContainer))))
      squire.moveCursorToStart();
  });
  area.addEventListener("click", () => {
    if (SIGNED.test(area.value) && area.selectionStart === area.value.length) area.setSelectionRange(0, 0);
  });
}

/**
 * @param {MouseEvent} event
 * @param {HTMLElement} root
 * @param {HTMLElement} signature
 */
function isBelow(event, root, signature) {
  const isLast = root.lastElementChild === signature;
  return event.target === root && isLast && event.clientY > signature.getBoundingClientRect().bottom;
}

/** @param {Element} signature */
function isBlankBefore(signature) {
  for (let block = signature.previousElementSibling; block; block = block.previousElementSibling)
    if (block.textContent.trim() || block.matches("img, table, hr") || block.querySelector("img, table, hr"))
      return false;
  return true;
}

/**
 * The caret at the end of what was written, whose last line only keeps the signature apart.
 * @param {Element} signature
 * @param {import("squire-rte").default} squire
 */
function goBefore(signature, squire) {
  let last = signature.previousElementSibling;
  if (!last) return;
  if (!last.textContent.trim()) last = last.previousElementSibling || last;
  const range = document.createRange();
  range.selectNodeContents(last);
  range.collapse(!last.textContent.trim());
  squire.setSelection(range);
}
