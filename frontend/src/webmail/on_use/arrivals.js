// What has just arrived in the list: told in the conversation that is open; and, when nobody looks, by a notification that
// by default says nothing of the mail.
import { create } from "../../ui/dom.js";
import { counted } from "../../ui/french.js";

/**
 * @param {MailApp} app
 * @param {MessageRow[]} rows unread, and new in the list
 */
export function tellArrivals(app, rows) {
  if (app.openMessage) tellInConversation(app, rows);
  const how = app.dataset.notices;
  if (how === "jamais" || document.visibilityState === "visible") return;
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const isOne = rows.length === 1;
  let words = isOne ? "Nouveau courriel" : `${rows.length} nouveaux courriels`;
  let body = "";
  if (how === "avec-contenu" && isOne) {
    words = rows[0].querySelector(".names > .clip").lastChild.textContent.trim() || words;
    body = rows[0].querySelector(".subject-line > .clip").textContent;
  }
  const notice = new Notification(words, { body, tag: "vaguemestre" });
  notice.onclick = () => {
    window.focus();
    notice.close();
  };
}

/**
 * Those of the open conversation join it, and that is told below it until one looks: one may be answering what
 * they change, with the eyes on one's own text.
 * @param {MailApp} app
 * @param {MessageRow[]} rows
 */
async function tellInConversation(app, rows) {
  const { conversation, shownRef } = app;
  const refs = rows.map((row) => row.dataset.ref);
  await conversation.again();
  const fresh = conversation.known.filter((ref) => ref !== shownRef && refs.includes(ref));
  if (app.shownRef !== shownRef || !fresh.length) return;
  const former = app.reader.querySelector(".arrived");
  const arrived = [...(former?.dataset.refs.split(" ") ?? []), ...fresh];
  const verb = arrived.length > 1 ? "sont arrivés" : "est arrivé";
  const notice = create("p");
  notice.className = "notice arrived";
  // in sight wherever one reads or writes in the pane, and over neither
  Object.assign(notice.style, { position: "sticky", bottom: "0", zIndex: "3", margin: "0" });
  notice.setAttribute("role", "alert");
  notice.dataset.refs = arrived.join(" ");
  notice.textContent = `${counted(arrived.length, "courriel")} ${verb} dans cette conversation.`;
  const button = create("button");
  button.type = "button";
  button.className = "btn line";
  button.textContent = "Afficher";
  button.onclick = () => {
    notice.remove();
    show(app, arrived[0]);
  };
  notice.append(button);
  former?.remove();
  app.reader.append(notice);
}

/**
 * @param {MailApp} app
 * @param {string} ref
 */
function show(app, ref) {
  const item = app.reader.querySelector(`.conv li[data-ref="${CSS.escape(ref)}"]`);
  if (!item) return;
  item.hidden = false;
  const link = item.querySelector("a.open");
  if (link.getAttribute("aria-expanded") !== "true") link.click();
  item.scrollIntoView({ block: "start" });
  link.focus({ preventScroll: true });
}
