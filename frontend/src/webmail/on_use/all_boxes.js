// The list over all mailboxes, loaded with it: news of the shared ones, and the folders a message of theirs may go to.
import { create } from "../../ui/dom.js";
import { fetchFragment } from "../../ui/http.js";
import { addressIn, inBox } from "../boxes.js";
import { targetItem } from "../folders/folder_picker.js";

const NEWS_MS = 60_000; // no stream tells what changes in another mailbox
const NO_TARGETS = ["all", "drafts"];

/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

/** @param {MailApp} app */
export function start(app) {
  timer ??= setInterval(() => {
    if (app.section.dataset.use === "boxes" && document.visibilityState === "visible") app.refresh(true);
  }, NEWS_MS);
}

/**
 * The folders of that mailbox, in place of those of the page's, unless the dialog was opened for another meanwhile.
 * @param {MailApp} app
 * @param {HTMLDialogElement} dialog
 * @param {string} box empty: the page's own
 */
export async function offerTargets(app, dialog, box) {
  dialog.dataset.ofBox = box;
  const list = dialog.querySelector(".targets");
  list.replaceChildren();
  const pane = create("template");
  pane.innerHTML = await (await fetchFragment(addressIn(box, app.dataset.folders ?? ""))).text();
  if (dialog.dataset.ofBox !== box) return;
  /** @type {FolderLink[]} */
  const links = [...pane.content.querySelectorAll("a.folder-link[data-folder]")];
  list.replaceChildren(
    ...links
      .filter(({ dataset: { use } }) => !NO_TARGETS.includes(use))
      .map((link) => {
        const { use, folder, name, step } = link.dataset;
        const path = use === "other" ? folder.split("/").join(" / ") : name;
        return targetItem(path, { to: inBox(box, step) }, link.querySelector("svg"));
      }),
  );
}
