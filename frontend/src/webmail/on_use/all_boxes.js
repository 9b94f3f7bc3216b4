// The list over all mailboxes, loaded with it: news of the shared ones, and the folders a message of theirs may go to.
import { create } from "../../ui/dom.js";
import { fetchFragment } from "../../ui/http.js";
import { addressIn, inBox } from "../boxes.js";

const NEWS = 60_000; // milliseconds: no stream tells what changes in another mailbox
const NO_TARGETS = ["all", "drafts"];

/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

/** @param {MailApp} app */
export function start(app) {
  timer ??= setInterval(() => {
    if (app.section.dataset.use === "boxes" && document.visibilityState === "visible") app.refresh(true);
  }, NEWS);
}

/**
 * The folders of that mailbox, in place of those of the page's.
 * @param {MailApp} app
 * @param {HTMLDialogElement} dialog
 * @param {string} box empty: the page's own
 */
export async function offerTargets(app, dialog, box) {
  dialog.dataset.ofBox = box;
  const list = dialog.querySelector(".targets");
  list.replaceChildren();
  const panes = create("template");
  panes.innerHTML = await (await fetchFragment(addressIn(box, app.dataset.folders ?? ""))).text();
  /** @type {FolderLink[]} */
  const links = [...panes.content.querySelectorAll("a.folder-link[data-folder]")];
  for (const link of links) {
    const { dataset } = link;
    if (NO_TARGETS.includes(dataset.use)) continue;
    const item = create("li");
    const button = create("button");
    button.type = "button";
    button.className = "btn quiet wide";
    button.dataset.to = inBox(box, dataset.step);
    button.append(link.querySelector("svg") ?? "");
    const path = dataset.use === "other" ? dataset.folder.split("/").join(" / ") : dataset.name;
    button.append(path);
    item.append(button);
    list.append(item);
  }
}
