// « Déplacer vers… »: the folders offered, and what goes to the one chosen.
import { boxOf } from "../boxes.js";
import { find, load } from "../../ui/dom.js";
import { tell, tellRefusal } from "../../ui/http.js";

/** @type {string[] | null} null: everything the list shows */
let moved = [];

/**
 * @param {MailApp} app
 * @param {string[] | null} refs null: everything the list shows
 */
export async function openMoveDialog(app, refs) {
  const box = boxOf(refs?.[0] ?? "");
  if (refs?.some((ref) => boxOf(ref) !== box)) {
    tell("Déplacez les courriels d’une boîte à la fois.", "dark", 5);
    return;
  }
  moved = refs;
  const dialog = find("#move-dialog");
  dialog.querySelector("input").value = "";
  dialog.showModal();
  if (app.section.dataset.use === "boxes" || dialog.dataset.ofBox) {
    try {
      await (await load("webmail/on_use/all_boxes.js")).offerTargets(app, dialog, box);
    } catch (error) {
      dialog.close(); // it has nothing to offer
      tellRefusal(error);
      return;
    }
  }
  const choice = await load("webmail/on_use/folder_choice.js");
  choice.open(app, dialog, (/** @type {string} */ folder) => chooseTarget(app, folder));
}

/**
 * @param {MailApp} app
 * @param {string} folder
 */
export async function chooseTarget(app, folder) {
  find("#move-dialog").close();
  (await load("webmail/on_use/folder_choice.js")).remember(folder);
  if (moved) app.act("move", moved, { to: folder });
  else app.doOnWhole("move", folder);
}
