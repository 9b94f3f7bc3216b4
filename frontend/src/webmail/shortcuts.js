// @ts-nocheck -- not typed yet
// The keyboard: one letter for what one does most, F6 from pane to pane. Letters can be switched off (WCAG 2.1.4).

import { find } from "../ui/dom.js";
import { nextAround } from "./selection.js";

const KEPT = "vaguemestre.letters";

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

function takesKey(app, event) {
  if (event.key === "F6") {
    nextPane(app, event.shiftKey ? -1 : 1);
    return true;
  }
  if (app.menu.isOpen) return false;
  if (event.ctrlKey || event.metaKey) return selectsAll(app, event);
  if (event.altKey) return false;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable=true]")) {
    if (event.key === "Escape") event.target.blur();
    return false;
  }
  return named(app, event) || (localStorage.getItem(KEPT) !== "off" && letter(app, event));
}

// Ctrl+A chooses what is shown; once more, everything the list holds.
function selectsAll(app, event) {
  if (event.key.toLowerCase() !== "a" || event.shiftKey || !inList(app, event)) return false;
  if (app.list.selected.size >= app.list.rows.length) app.selection.selectWhole();
  else app.list.selectShown();
  app.selection.show();
  return true;
}

function inList(app, event) {
  return Boolean(event.target.closest?.("#messages .rows"));
}

function named(app, event) {
  switch (event.key) {
    case "ArrowDown":
      return inList(app, event) && (event.shiftKey ? extend(app, 1) : go(app, 1));
    case "ArrowUp":
      return inList(app, event) && (event.shiftKey ? extend(app, -1) : go(app, -1));
    case "Home":
      return inList(app, event) && (app.list.focus(app.list.rows[0]), true);
    case "Escape":
      if (app.hasAttribute("data-drawer")) app.do("folders", []);
      else if (app.list.selected.size) app.selection.clear();
      else app.close();
      return true;
    case "Delete":
      return act(app, "delete");
    default:
      return false;
  }
}

function letter(app, event) {
  const simple = {
    j: () => go(app, 1),
    k: () => go(app, -1),
    n: () => nextUnread(app),
    x: () => (app.list.current && app.selection.pick(app.list.current), true),
    e: () => act(app, "archive"),
    "#": () => act(app, "delete"),
    "!": () => {
      const asked = app.list.selected.size ? null : find("#report-dialog");
      if (app.section.dataset.use !== "junk" && asked) asked.showModal();
      else act(app, app.section.dataset.use === "junk" ? "not-junk" : "junk");
    },
    u: () => act(app, "unread"),
    s: () => act(app, app.openMessage?.hasAttribute("data-flagged") ? "unflag" : "flag"),
    v: () => act(app, "ask-move"),
    m: () => mute(app),
    b: () => act(app, "ask-remind"),
    l: () => act(app, "ask-labels"),
    g: () => (app.do("go-to-day", []), true),
    d: () => goToFolders(app),
    c: () => (app.compose("new"), true),
    r: () => answer(app, "reply"),
    a: () => answer(app, "reply-all"),
    f: () => answer(app, "forward"),
    o: () => (app.list.current?.querySelector("a.open").click(), true),
    "/": () => (find("#search")?.focus(), true),
    "?": () => (find("#shortcuts-dialog")?.showModal(), true),
  };
  return simple[event.key]?.() ?? false;
}

// What is selected, else what is open, else the row the keyboard is on.
function meant(app) {
  if (app.meant.length) return app.meant;
  const row = app.list.current;
  return row && document.activeElement.closest("li.row") === row ? [row.dataset.ref] : [];
}

function act(app, what) {
  const refs = meant(app);
  if (app.list.whole) app.onWhole(what);
  else if (refs.length) app.do(what, refs);
  return true;
}

function extend(app, step) {
  const from = app.list.current;
  if (!from) return true;
  app.selection.pick(from, true);
  app.list.neighbour(from, step).then((row) => {
    if (!row) return;
    app.selection.pick(row, true);
    app.list.focus(row);
  });
  return true;
}

function mute(app) {
  const [ref] = meant(app);
  if (ref) app.mute(ref);
  return true;
}

function goToFolders(app) {
  const place = app.folders.querySelector('a.folder-link[aria-current="page"], a.folder-link');
  if (place?.offsetParent) place.focus();
  else app.do("folders", []);
  return true;
}

function answer(app, mode) {
  const message = app.navigation.awaitedRef ? app.list.row(app.navigation.awaitedRef) : app.openMessage;
  if (message) app.compose(mode, message);
  return Boolean(message);
}

function go(app, step) {
  const from = app.list.current;
  if (!from) return true;
  const here = document.activeElement.closest?.("li.row");
  const isFirst = !here && !app.openRef;
  Promise.resolve(isFirst ? from : app.list.neighbour(from, step)).then((row) => {
    if (!row) return;
    app.list.focus(row);
    if (app.openRef && !row.hasAttribute("data-draft")) row.querySelector("a.open").click();
  });
  return true;
}

function nextUnread(app) {
  const inside = app.conversation.nextUnread();
  if (inside) {
    inside.click();
    return true;
  }
  const row = nextAround(app.list.rows, app.list.current, (other) => other.classList.contains("unread"));
  if (row) {
    app.list.focus(row);
    row.querySelector("a.open").click();
  }
  return true;
}

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
