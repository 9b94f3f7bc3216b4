// The title of the page and the line above the list: what is open, how much is unread.
import { agree } from "../../ui/french.js";

/** @param {MailApp} app */
export function updateTitle(app) {
  updateCount(app);
  const inbox = app.folders.querySelector('[data-use="inbox"] .count');
  const count = inbox ? inbox.firstChild.textContent.trim() : "";
  const subject = app.reader.querySelector("#message-subject")?.textContent;
  app.notifications.count(inbox ? Number(count.replace(/\D/gu, "")) : 0);
  const name = subject ? `${subject} – Vaguemestre` : app.readTitle;
  document.title = count ? `(${count}) ${name}` : name;
}

/** @param {MailApp} app */
function updateCount({ list, section }) {
  const { unread, total, searched } = list;
  if (!Number.isFinite(unread) || section.hasAttribute("aria-busy")) return;
  const place = section.querySelector(".told");
  const sentence = countSentence(unread, total, searched);
  if (place.textContent.trim() !== sentence) place.textContent = sentence;
}

/**
 * What the line above the list says; nothing of a folder without unread.
 * @param {number} unread
 * @param {number} total
 * @param {string} searched words looked for; empty in a folder
 */
export function countSentence(unread, total, searched) {
  const [count, word] = searched ? [total, "trouvé"] : [unread, "non lu"];
  return count || searched ? `${count} ${agree(count, word)}` : "";
}
