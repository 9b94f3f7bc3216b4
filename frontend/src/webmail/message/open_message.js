// What the buttons of the open message say, once an act changed it.

/**
 * @param {MessageElement} message
 * @param {string} act
 */
export function showActOnOpenMessage(message, act) {
  if (["read", "mute", "unread"].includes(act)) showRead(message, act !== "unread");
  if (act === "flag" || act === "unflag") showFlag(message, act === "flag");
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
