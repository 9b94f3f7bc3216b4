// What is typed while a composer comes is kept for it: none of these letters acts on the mail behind.

const LONGEST = 20_000; // milliseconds; a composer that never comes gives the keyboard back
let until = 0;
let typed = "";

export function holdKeys() {
  until = Date.now() + LONGEST;
}

/** @returns {string} what was typed meanwhile; from now on keys act again */
export function releaseKeys() {
  const text = typed;
  typed = "";
  until = 0;
  return text;
}

/** @param {KeyboardEvent} event */
function hear(event) {
  const { key, target } = event;
  if (Date.now() > until || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.matches?.("input, textarea, select")) return;
  if (key === "Backspace") typed = typed.slice(0, -1);
  else if (key === "Enter") typed += "\n";
  else if (!key[1]) typed += key;
  else if (key === "Escape") releaseKeys();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

window.addEventListener("keydown", hear, true);
