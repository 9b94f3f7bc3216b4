// Loaded at the first pointer event on the list: the actions shown on a hovered row, swiping a row, pulling the list to
// refresh it. The menu, the keys and the selection do the same.
import { create } from "../../ui/dom.js";

const SWIPE_PIXELS = 96; // a longer swipe archives or deletes the row
const PULL_PIXELS = 90; // a longer pull refreshes the list
const START_PIXELS = 14; // a shorter move is not a swipe

/** @type {[act: string, icon: string, words: string][]} */
const ACTS = [
  ["archive", "archive", "Archiver"],
  ["delete", "trash", "Supprimer"],
  ["unread", "mail-opened", "Marquer comme non lu"],
  ["ask-remind", "alarm", "Me le rappeler"],
];

/** @param {MailApp} app */
export function start(app) {
  listenToHover(app);
  listenToSwipes(app);
  listenToPulls(app);
}

/** @param {MailApp} app */
function listenToHover(app) {
  const bar = create("div");
  bar.className = "acts";
  bar.setAttribute("aria-hidden", "true"); // for the mouse only: the menu and the keys offer the same
  for (const [act, icon, words] of ACTS) {
    const button = create("button");
    button.type = "button";
    button.className = "tool";
    button.tabIndex = -1;
    button.dataset.act = act;
    button.title = words;
    button.append(window.vaguemestre.icon(icon));
    bar.append(button);
  }
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const row = bar.closest("li.row");
    if (!button || !row) return;
    event.stopPropagation();
    app.do(button.dataset.act, [row.dataset.ref]);
    bar.remove();
  });
  app.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const row = event.target.closest("li.row");
    if (row && bar.parentElement !== row) show(bar, row);
  });
  const here = app.querySelector("li.row:hover"); // hovered before this module was loaded
  if (here && !matchMedia("(hover: none)").matches) show(bar, here);
}

/**
 * @param {HTMLElement} bar
 * @param {MessageRow} row
 */
function show(bar, row) {
  const isUnread = row.classList.contains("unread");
  const toggle = bar.querySelector('[data-act$="read"]');
  toggle.dataset.act = isUnread ? "read" : "unread";
  toggle.title = isUnread ? "Marquer comme lu" : "Marquer comme non lu";
  bar.querySelector('[data-act="ask-remind"]').hidden = row.hasAttribute("data-draft");
  row.append(bar);
}

/** @param {MailApp} app */
function listenToSwipes(app) {
  /** @type {{row: MessageRow, x: number, y: number, by: number} | null} */
  let swipe = null;
  const end = () => {
    if (!swipe) return;
    const { row, by } = swipe;
    swipe = null;
    delete row.dataset.swipe;
    row.style.removeProperty("--swipe");
    if (by) window.addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", stop, { capture: true }), 50);
    if (Math.abs(by) >= SWIPE_PIXELS) app.act(by > 0 ? "archive" : "delete", [row.dataset.ref]);
  };
  app.addEventListener("pointerdown", ({ pointerType, target, clientX, clientY }) => {
    const row = pointerType === "touch" && target.closest("li.row");
    swipe = row ? { row, x: clientX, y: clientY, by: 0 } : null;
  });
  app.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (!swipe) return;
    const by = clientX - swipe.x;
    if (!swipe.by && (Math.abs(by) < START_PIXELS || Math.abs(by) < 2 * Math.abs(clientY - swipe.y))) return;
    swipe.by = by;
    swipe.row.dataset.swipe = by > 0 ? "archive" : "delete";
    swipe.row.style.setProperty("--swipe", `${by}px`);
  });
  app.addEventListener("pointerup", end);
  app.addEventListener("pointercancel", () => {
    if (swipe) swipe.by = 0;
    end();
  });
}

/** @param {MouseEvent} event */
function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** @param {MailApp} app */
function listenToPulls(app) {
  /** @type {Touch | null} */
  let first = null;
  app.addEventListener(
    "touchstart",
    ({ target, touches }) => {
      const box = target.closest("#messages .rows");
      first = box && !box.scrollTop && touches.length === 1 ? touches[0] : null;
    },
    { passive: true },
  );
  app.addEventListener("touchend", ({ changedTouches: [last] }) => {
    if (!first) return;
    const isPull = last.clientY - first.clientY > PULL_PIXELS && Math.abs(last.clientX - first.clientX) < 40;
    first = null;
    if (isPull && !app.section.querySelector(".rows")?.scrollTop) app.refresh();
  });
}
