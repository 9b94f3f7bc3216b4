// « Déplacer vers… »: the folders offered, and what goes to the one chosen.
import { find } from "../ui/dom.js";
import { openFolderPicker } from "./folder_picker.js";

/** @type {string[] | null} null: everything the list shows */
let moved = [];

/** @param {string[] | null} refs null: everything the list shows */
export function openMoveDialog(refs) {
  moved = refs;
  openFolderPicker(find("#move-dialog"));
}

/**
 * @param {MailApp} app
 * @param {string} folder
 */
export function chooseTarget(app, folder) {
  find("#move-dialog").close();
  if (moved) app.act("move", moved, { to: folder });
  else app.doOnWhole("move", folder);
}
