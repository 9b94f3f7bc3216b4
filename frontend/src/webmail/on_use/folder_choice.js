// « Déplacer vers… », loaded when the dialog is first opened: folders filtered as the user types, recent ones first, and
// a button that creates a missing one.
import { send, tellRefusal } from "../../ui/http.js";
import { addressIn, inBox } from "../boxes.js";
import { targetItem } from "../folders/folder_picker.js";
import { foldAccents } from "../search/fold_accents.js";

const STORAGE_KEY = `vm:moves:${document.documentElement.dataset.person}`; // see ui/personal_storage.js
const MAX_RECENT = 5;

/** @returns {string[]} */
function recentFolders() {
  return (localStorage.getItem(STORAGE_KEY) ?? "").split("\n").filter(Boolean);
}

/** @param {string} step */
export function remember(step) {
  const others = recentFolders().filter((other) => other !== step);
  localStorage.setItem(STORAGE_KEY, [step, ...others].slice(0, MAX_RECENT).join("\n"));
}

/**
 * @param {MailApp} app
 * @param {HTMLDialogElement} dialog
 * @param {(step: string) => void} choose
 */
export function open(app, dialog, choose) {
  const list = dialog.querySelector(".targets");
  if (!dialog.dataset.ofBox) followPane(app, list);
  for (const step of recentFolders().reverse()) {
    const item = list.querySelector(`[data-to="${CSS.escape(step)}"]`)?.closest("li");
    if (item) list.prepend(item);
  }
  const input = dialog.querySelector("input");
  const fresh = dialog.querySelector("[data-new]");
  const narrow = () => {
    const typed = foldAccents(input.value).trim();
    let exists = false;
    for (const item of list.children) {
      const name = foldAccents(item.textContent).trim();
      item.hidden = !name.includes(typed);
      exists ||= name === typed;
    }
    fresh.hidden = !typed || exists;
    fresh.querySelector("span").textContent = `Nouveau dossier « ${input.value.trim()} »`;
  };
  narrow();
  input.oninput = narrow;
  input.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    event.stopPropagation();
    const first = dialog.querySelector(".targets li:not([hidden]) button") ?? (fresh.hidden ? null : fresh);
    if (event.key === "Enter") first?.click();
    else first?.focus();
  };
  fresh.onclick = () => makeFolder(app, dialog, input.value.trim(), choose);
  input.focus();
}

/**
 * Take up the folders made, named or deleted since the page was drawn.
 * @param {MailApp} app
 * @param {HTMLElement} list
 */
function followPane(app, list) {
  /** @type {FolderLink[]} */
  const links = [...app.folders.querySelectorAll('a.folder-link[data-use="other"]')];
  const steps = new Set(links.map((link) => link.dataset.step));
  for (const button of list.querySelectorAll('[data-use="other"]')) {
    if (!steps.has(button.dataset.to)) button.closest("li").remove();
  }
  for (const link of links) {
    const { step, folder } = link.dataset;
    if (step === app.section.dataset.step || list.querySelector(`[data-to="${CSS.escape(step)}"]`)) continue;
    const path = folder
      .replace(/^Trash\//, "Corbeille/")
      .split("/")
      .join(" / ");
    list.append(targetItem(path, { to: step, use: "other" }, link.querySelector("svg")?.cloneNode(true)));
  }
}

/**
 * @param {MailApp} app
 * @param {HTMLDialogElement} dialog
 * @param {string} name
 * @param {(step: string) => void} choose
 */
async function makeFolder(app, dialog, name, choose) {
  try {
    const box = dialog.dataset.ofBox ?? "";
    const address = addressIn(box, app.dataset.shelves.replace("/x/", "/creer/"));
    const made = await (await send(address, { parent: "", name })).json();
    await app.counts();
    choose(inBox(box, made.folder));
  } catch (error) {
    tellRefusal(error);
  }
}
