// What each button of the toolbar does to the selection.
/** @typedef {import("squire-rte").default} Squire */

/**
 * What a button of the toolbar puts, and takes away where it is already.
 * @type {Record<string, {tag: string, put: (squire: Squire) => void, remove: (squire: Squire) => void}>}
 */
export const STYLES = {
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
export const SETTINGS = {
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

/**
 * An item of a list changes its level, a paragraph its margin.
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
