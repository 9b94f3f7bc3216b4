// The words looked for, marked where they are found (CSS highlights: nothing of the page changes).
import { foldAccents } from "./fold_accents.js";

const PLACES =
  "#messages .row :is(.names, .subject-line > .clip, .snippet), #message-subject, .from b, .address bdi";

/** @param {MailApp} app */
export function markFoundWords(app) {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete("found");
  /** @type {string[]} */
  const searched = JSON.parse(app.section.dataset.words || "[]");
  const words = searched.map(foldAccents).filter((word) => word.length > 1);
  if (!words.length) return;
  const ranges = [];
  for (const place of app.querySelectorAll(PLACES)) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      ranges.push(...rangesIn(/** @type {Text} */ (node), words));
  }
  if (ranges.length) CSS.highlights.set("found", new Highlight(...ranges));
}

/**
 * Where words stand in a text, whatever its accents: letter by letter, so that places stay true.
 * @param {Text} node
 * @param {string[]} words
 */
function rangesIn(node, words) {
  const letters = [...node.data];
  const plain = letters.map((letter) => foldAccents(letter)[0] ?? "\0");
  const text = plain.join("");
  const starts = [0];
  letters.forEach((letter, place) => starts.push(starts[place] + letter.length));
  const ranges = [];
  for (const word of words) {
    for (let place = text.indexOf(word); place >= 0; place = text.indexOf(word, place + word.length)) {
      const range = new Range();
      range.setStart(node, starts[place]);
      range.setEnd(node, starts[Math.min(place + word.length, letters.length)]);
      ranges.push(range);
    }
  }
  return ranges;
}
