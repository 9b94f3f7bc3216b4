// « Déplacer vers… », loaded once it is opened: names narrowed as one types, the last folders first, a new one made on
// the spot.
import { send, tellRefusal } from "../../ui/http.js";

const KEPT = "vaguemestre.moves";
const LAST = 5;

/** @param {string} text */
function bare(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

/** @returns {string[]} */
function lastFolders() {
  return (localStorage.getItem(KEPT) ?? "").split("\n").filter(Boolean);
}

/** @param {string} step */
export function remember(step) {
  const others = lastFolders().filter((other) => other !== step);
  localStorage.setItem(KEPT, [step, ...others].slice(0, LAST).join("\n"));
}

/**
 * @param {MailApp} app
 * @param {HTMLDialogElement} dialog
 * @param {(step: string) => void} choose
 */
export function open(app, dialog, choose) {
  const list = dialog.querySelector(".targets");
  for (const step of lastFolders().reverse()) {
    const item = list.querySelector(`[data-to="${CSS.escape(step)}"]`)?.closest("li");
    if (item) list.prepend(item);
  }
  const input = dialog.querySelector("input");
  const fresh = dialog.querySelector("[data-new]");
  const narrow = () => {
    const typed = bare(input.value);
    let isThere = false;
    for (const item of list.children) {
      const name = bare(item.textContent);
      item.hidden = !name.includes(typed);
      isThere ||= name === typed;
    }
    fresh.hidden = !typed || isThere;
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
 * @param {MailApp} app
 * @param {HTMLDialogElement} dialog
 * @param {string} name
 * @param {(step: string) => void} choose
 */
async function makeFolder(app, dialog, name, choose) {
  try {
    const address = app.dataset.shelves.replace("/x/", "/creer/");
    const { folder } = await (await send(address, { parent: "", name })).json();
    const list = dialog.querySelector(".targets");
    const item = list.querySelector("li")?.cloneNode(true);
    if (item) {
      const button = item.querySelector("button");
      button.dataset.to = folder;
      button.lastChild.textContent = name;
      list.append(item);
    }
    await app.counts();
    choose(folder);
  } catch (error) {
    tellRefusal(error);
  }
}
