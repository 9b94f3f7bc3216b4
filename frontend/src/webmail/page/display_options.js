// How the page shows things, kept with the account: density, conversations, reading, notifications.
import { find } from "../../ui/dom.js";
import { send, tell, tellRefusal } from "../../ui/http.js";

/** @type {Record<string, string>} */
const PLACE = {
  density: "density",
  layout: "layout",
  answers: "answers",
  conversations: "conversations",
  notices: "notices",
  plain_face: "plainFace",
  boxes: "boxes",
  marks_read: "marksRead",
};

/** @param {MailApp} app */
export function listenToDisplayOptions(app) {
  /** @type {HTMLDialogElement | null} */
  const dialog = find("#display-dialog");
  dialog?.addEventListener("change", async ({ target: { name, value } }) => {
    if (!(name in PLACE)) return;
    if (name === "notices" && value !== "jamais" && !(await mayNotify())) {
      dialog.querySelector('[name="notices"][value="jamais"]').checked = true;
      tell("Le navigateur refuse les notifications de ce site : autorisez-les dans ses réglages.", "warn", 8);
      return;
    }
    const before = app.dataset[PLACE[name]];
    app.dataset[PLACE[name]] = value;
    try {
      await send(app.dataset.choices, { [name]: value });
    } catch (error) {
      app.dataset[PLACE[name]] = before;
      dialog.querySelector(`[name="${name}"][value="${before}"]`).checked = true;
      tellRefusal(error);
      return;
    }
    if (name === "boxes") app.counts();
    if (name === "conversations") app.reload();
    if (name === "plain_face") app.bodyFrame.again();
  });
}

async function mayNotify() {
  if (!("Notification" in window)) return false;
  return Notification.permission === "granted" || (await Notification.requestPermission()) === "granted";
}
