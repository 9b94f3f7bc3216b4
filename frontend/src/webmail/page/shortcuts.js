// The keyboard: one letter for what one does most, F6 from pane to pane. Letters can be switched off (WCAG 2.1.4).

import { find } from "../../ui/dom.js";
import { nextAround } from "../list/selection.js";
import { isMenuOpen } from "./context_menu.js";

const KEPT = "vaguemestre.letters";

/** @param {MailApp} app */
export function listenToShortcuts(app) {
  const box = find("#single-keys");
  if (box) {
    box.checked = localStorage.getItem(KEPT) !== "off";
    box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || find("dialog[open]")) return;
    if (takesKey(app, event)) event.preventDefault();
  });
}

/**
 * @param {MailApp} app
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
function takesKey(app, event) {
  if (event.key === "F6") {
    nextPane(app, event.shiftKey ? -1 : 1);
    return true;
  }
  if (isMenuOpen()) return false;
  if (event.altKey) return false;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable=true]")) {
    if (event.key === "Escape") event.target.blur();
    return false;
  }
  if (event.ctrlKey || event.metaKey) return undoes(app, event) || selectsAll(app, event);
  const command = isIdle(app, event)
    ? LIST_KEYS[event.key]
    : commandOf(event, localStorage.getItem(KEPT) !== "off");
  return command ? command(app, event) !== false : false;
}

/**
 * @param {MailApp} app
 * @param {KeyboardEvent} event
 */
function undoes(app, event) {
  if (event.key.toLowerCase() !== "z" || event.shiftKey) return false;
  app.do("undo", []);
  return true;
}

// Ctrl+A.
/**
 * @param {MailApp} app
 * @param {KeyboardEvent} event
 */
function selectsAll(app, event) {
  if (event.key.toLowerCase() !== "a" || event.shiftKey || !inList(event)) return false;
  app.selection.selectAll();
  return true;
}

/**
 * Whether an arrow is for the list although nothing of it has the focus: on the page just opened, on its heading.
 * @param {MailApp} app
 * @param {KeyboardEvent} event
 */
function isIdle(app, event) {
  if (app.openRef || !/^Arrow(?:Down|Up)$/.test(event.key)) return false;
  return event.target === document.body || Boolean(event.target.matches?.("#messages :is(h1, h2)"));
}

/** @param {KeyboardEvent} event */
function inList(event) {
  return Boolean(event.target.closest?.("#messages .rows"));
}

/** @typedef {(app: MailApp, event: KeyboardEvent) => unknown} Command false: the key is left to the browser */

/** @type {Record<string, Command>} */
const PAGE_KEYS = {
  Escape: (app) => leave(app),
  Delete: (app) => act(app, "delete"),
};

/** @type {Record<string, Command>} */
const LIST_KEYS = {
  ArrowDown: (app, event) => (event.shiftKey ? extend(app, 1) : go(app, 1)),
  ArrowUp: (app, event) => (event.shiftKey ? extend(app, -1) : go(app, -1)),
  Home: (app) => app.list.focus(app.list.rows[0]),
};

/** @type {Record<string, Command>} */
const LETTERS = {
  j: (app) => go(app, 1),
  k: (app) => go(app, -1),
  n: (app) => nextUnread(app),
  x: (app) => app.list.current && app.selection.pick(app.list.current),
  e: (app) => act(app, "archive"),
  "#": (app) => act(app, "delete"),
  "!": (app) => report(app),
  u: (app) => act(app, "unread"),
  s: (app) => act(app, app.openMessage?.hasAttribute("data-flagged") ? "unflag" : "flag"),
  v: (app) => act(app, "ask-move"),
  m: (app) => mute(app),
  z: (app) => app.do("undo", []),
  b: (app) => act(app, "ask-remind"),
  l: (app) => act(app, "ask-labels"),
  g: (app) => void app.do("go-to-day", []),
  d: (app) => goToFolders(app),
  c: (app) => app.compose("new"),
  r: (app) => answer(app, "reply"),
  a: (app) => answer(app, "reply-all"),
  f: (app) => answer(app, "forward"),
  ";": (app) => app.do("unfold-all", []),
  o: (app) => app.list.current?.querySelector("a.open").click(),
  "/": () => find("#search")?.focus(),
  "?": () => find("#shortcuts-dialog")?.showModal(),
};

/**
 * The command of a key, if it has one where it was pressed.
 * @param {KeyboardEvent} event
 * @param {boolean} hasLetters
 * @returns {Command | undefined}
 */
export function commandOf(event, hasLetters) {
  const { key } = event;
  return (
    PAGE_KEYS[key] ?? (inList(event) ? LIST_KEYS[key] : undefined) ?? (hasLetters ? LETTERS[key] : undefined)
  );
}

/** @param {MailApp} app */
function leave(app) {
  if (app.hasAttribute("data-drawer")) app.do("folders", []);
  else if (app.list.selected.size) app.selection.clear();
  else app.close();
}

/** @param {MailApp} app */
function report(app) {
  const isJunk = app.section.dataset.use === "junk";
  const question = app.list.selected.size || isJunk ? null : find("#report-dialog");
  if (question) question.showModal();
  else act(app, isJunk ? "not-junk" : "junk");
}

// What is selected, else what is open, else the row the keyboard is on.
/**
 * @param {MailApp} app
 * @returns {string[]}
 */
function meant(app) {
  if (app.meant.length) return app.meant;
  const row = app.list.current;
  return row && document.activeElement?.closest("li.row") === row ? [row.dataset.ref] : [];
}

/**
 * @param {MailApp} app
 * @param {string} what
 */
function act(app, what) {
  app.doOnSelection(what, meant(app));
}

/**
 * @param {MailApp} app
 * @param {number} step
 */
function extend(app, step) {
  const from = app.list.current;
  if (!from) return;
  app.selection.pick(from, true);
  app.list.neighbour(from, step).then((row) => {
    if (!row) return;
    app.selection.pick(row, true);
    app.list.focus(row);
  });
}

/** @param {MailApp} app */
function mute(app) {
  const [ref] = meant(app);
  if (ref) app.mute(ref);
}

/** @param {MailApp} app */
function goToFolders(app) {
  const place = app.folders.querySelector('a.folder-link[aria-current="page"], a.folder-link');
  if (place?.offsetParent) place.focus();
  else app.do("folders", []);
}

/**
 * @param {MailApp} app
 * @param {string} mode
 */
function answer(app, mode) {
  const message = app.navigation.awaitedRef ? app.list.row(app.navigation.awaitedRef) : app.openMessage;
  if (message) app.compose(mode, message);
  return Boolean(message);
}

/**
 * @param {MailApp} app
 * @param {number} step
 */
function go(app, step) {
  const from = app.list.current;
  if (!from) return;
  const here = document.activeElement?.closest("li.row");
  const isFirst = !here && !app.openRef;
  Promise.resolve(isFirst ? from : app.list.neighbour(from, step)).then((row) => {
    if (!row) return;
    app.list.focus(row);
    if (app.openRef && !row.hasAttribute("data-draft")) row.querySelector("a.open").click();
  });
}

/** @param {MailApp} app */
function nextUnread(app) {
  const inside = app.conversation.nextUnread();
  if (inside) {
    app.visit(inside.href);
    return;
  }
  const { rows, current } = app.list;
  const row = current && nextAround(rows, current, (other) => other.classList.contains("unread"));
  if (row) {
    app.list.focus(row);
    row.querySelector("a.open").click();
  }
}

/**
 * @param {MailApp} app
 * @param {number} step
 */
function nextPane(app, step) {
  const panes = [app.folders, app.section, app.reader].filter((pane) => pane.offsetParent !== null);
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const pane = panes[(here + step + panes.length) % panes.length];
  // Not the frame itself: keys pressed inside it never come out. Tab goes in from the subject, and out again.
  const wanted =
    pane === app.section
      ? [app.list.current?.querySelector("a.open")]
      : ["#message-subject", '[aria-current="page"]', "a[href]"].map((one) => pane.querySelector(one));
  const place = wanted.find(Boolean);
  place?.focus();
}
