// « Déplacer vers… »: the folders offered, and what goes to the one chosen.
import { find, load } from "../../ui/dom.js";

/** @type {string[] | null} null: everything the list shows */
let moved = [];

/**
 * @param {MailApp} app
 * @param {string[] | null} refs null: everything the list shows
 */
export async function openMoveDialog(app, refs) {
  moved = refs;
  const dialog = find("#move-dialog");
  dialog.querySelector("input").value = "";
  dialog.showModal();
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
