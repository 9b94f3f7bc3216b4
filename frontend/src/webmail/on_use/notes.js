// Notes typed on a message of a shared mailbox and not added yet: another message may be looked at meanwhile.

/** @type {Map<string, string>} by the message they are on */
const notes = new Map();

/** @param {string} text */
const letters = (text) => text.replace(/\s/g, "");

/**
 * Give back what was typed on that message, unless it has become a note; keep what will be.
 * @param {HTMLElement} care
 */
export function keep(care) {
  const field = care.querySelector("textarea");
  if (!field) return;
  const message = care.dataset.message ?? "";
  const typed = notes.get(message);
  if (typed && letters(care.querySelector(".care-notes")?.textContent ?? "").includes(letters(typed)))
    notes.delete(message);
  else if (typed) {
    field.value = typed;
    field.closest("details").open = true;
  }
  field.addEventListener("input", () => notes.set(message, field.value));
}
