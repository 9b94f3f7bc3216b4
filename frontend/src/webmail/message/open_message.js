// What the buttons of the open message say, once an act changed it.

const READ_BY = ["read", "mute", "unread"]; // acts after which it is read, or unread
const FLAGGED_BY = ["flag", "unflag"];

/**
 * @param {MessageElement} message
 * @param {string} act
 * @returns {() => void} takes it back, if the message is still the one that is open
 */
export function showActOnOpenMessage(message, act) {
  const { ref } = message.dataset;
  const wasRead = !message.hasAttribute("data-unread");
  const wasFlagged = message.hasAttribute("data-flagged");
  if (READ_BY.includes(act)) showRead(message, act !== "unread");
  if (FLAGGED_BY.includes(act)) showFlag(message, act === "flag");
  return () => {
    if (message.dataset.ref !== ref) return;
    if (READ_BY.includes(act)) showRead(message, wasRead);
    if (FLAGGED_BY.includes(act)) showFlag(message, wasFlagged);
  };
}

/**
 * @param {MessageElement} message
 * @param {boolean} isRead
 */
function showRead(message, isRead) {
  message.toggleAttribute("data-unread", !isRead);
  const words = isRead ? "Marquer comme non lu" : "Marquer comme lu";
  label(message.querySelector('[data-toggles="read"]'), isRead ? "unread" : "read", words);
}

/**
 * @param {MessageElement} message
 * @param {boolean} isFlagged
 */
function showFlag(message, isFlagged) {
  message.toggleAttribute("data-flagged", isFlagged);
  const words = isFlagged ? "Retirer l’étoile" : "Mettre une étoile";
  label(message.querySelector('[data-toggles="flag"]'), isFlagged ? "unflag" : "flag", words);
}

/**
 * @param {HTMLElement | null} button
 * @param {string} act
 * @param {string} words
 */
function label(button, act, words) {
  if (!button) return;
  button.dataset.do = act;
  button.querySelector("span").textContent = words;
}
