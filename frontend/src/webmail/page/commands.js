// What a button says by its `data-do`, and the keyboard by a letter: each a command of the page, or else an act on
// messages, which the server does.
import { boxOf } from "../boxes.js";
import { find } from "../../ui/dom.js";
import { tell } from "../../ui/http.js";
import { undoLast } from "../actions/undo.js";
import { openMoveDialog } from "../folders/move_dialog.js";

/** @type {Record<string, (app: MailApp, refs: string[]) => unknown>} */
const COMMANDS = {
  close: (app) => app.close(),
  folders: (app) => app.toggleDrawer(),
  search: () => find("#search")?.focus(),
  refresh: (app) => app.refresh(),
  "skip-text": (app) => app.reader.querySelector('[data-do="to-list"]').focus(),
  "to-list": (app) => app.goToList(),
  select: (app) => app.selection.toggleBoxes(),
  unselect: (app) => app.selection.clear(),
  "select-all": (app) => app.selection.selectAll(),
  "go-to-day": (app) => app.listView.askDay(),
  "show-images": (app) => showImages(app),
  "copy-address": () => copyAddress(),
  print: () => window.print(),
  undo: () => undoLast(),
  "unfold-all": (app) => app.conversation.toggleAll(),
  "ask-move": (app, refs) => askMove(app, refs),
  "ask-labels": (app, refs) => app.labels.open(refs),
  "ask-remind": (app, refs) => app.reminders.open(refs),
  "ask-answer": (app, refs) => app.reminders.open(refs.slice(0, 1), true),
  "search-form": (app) => app.search.openForm(),
  "keep-search": (app) => app.search.openKeep(),
};

/** @type {Record<string, (app: MailApp) => unknown>} what asks for more before an act on everything the list shows */
const ON_WHOLE = {
  "ask-move": (app) => openMoveDialog(app, null),
  "ask-labels": (app) => app.labels.openForWhole(),
  "ask-remind": (app) => app.reminders.openForWhole(),
};

const AT_HOME = new Set(["ask-labels", "ask-remind", "ask-answer"]); // done in the message’s own mailbox

/**
 * Run the command of that name, else the act of that name on these messages.
 * @param {MailApp} app
 * @param {string} name
 * @param {string[]} refs
 */
export function runCommand(app, name, refs) {
  if (AT_HOME.has(name) && refs.some(boxOf)) {
    return tell("Pour cela, ouvrez ce courriel dans sa boîte.", "dark", 5);
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : null;
  return command ? command(app, refs) : app.act(name, refs);
}

/**
 * On everything the list shows: ask what is missing, else have the act done.
 * @param {MailApp} app
 * @param {string} name
 * @param {string} [to] folder
 */
export function runOnWhole(app, name, to) {
  const question = Object.hasOwn(ON_WHOLE, name) ? ON_WHOLE[name] : null;
  if (question) {
    question(app);
    return;
  }
  app.selection.clear();
  app.actions.whole(name, { to });
}

/**
 * @param {MailApp} app
 * @param {string[]} refs
 */
function askMove(app, refs) {
  if (app.list.whole) openMoveDialog(app, null);
  else if (refs.length) openMoveDialog(app, refs);
}

/** @param {MailApp} app */
function showImages(app) {
  app.bodyFrame.again({ change: (/** @type {URLSearchParams} */ query) => query.set("images", "1") });
  app.reader.querySelector("[data-blocked]")?.remove();
  app.reader.querySelector("#message-subject")?.focus({ preventScroll: true });
}

async function copyAddress() {
  await navigator.clipboard.writeText(location.href);
  tell("Adresse copiée.", "dark", 3);
}
