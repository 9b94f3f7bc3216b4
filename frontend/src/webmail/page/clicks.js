// What a press or a click on the page means: a row chosen, a link followed within the page, a command, an act.
import { isPlainClick } from "../../ui/dom.js";
import { chooseTarget } from "../folders/move_dialog.js";

/** @param {MailApp} app */
export function listenToClicks(app) {
  document.addEventListener("click", (event) => click(app, event));
  app.addEventListener("pointerdown", (event) => press(app, event));
}

/**
 * A message is asked for as soon as the mouse presses on its row; a finger may only be scrolling.
 * @param {MailApp} app
 * @param {PointerEvent} event
 */
function press(app, event) {
  const link = event.pointerType === "mouse" && event.target.closest("li.row:not([data-draft]) a.open");
  if (link && isPlainClick(event) && !link.hasAttribute("aria-current")) {
    app.prefetch.ask(app.navigation.addressWithWords(new URL(link.href)));
  }
}

/**
 * @param {MailApp} app
 * @param {PointerEvent} event
 */
function click(app, event) {
  const { target } = event;
  const row = target.closest("li.row");
  const link = target.closest("a");
  const isTaken =
    (row && target.closest("a.open") && app.selection.takesClick(event, row)) ||
    (link && isPlainClick(event) && followsLink(app, link));
  if (isTaken) event.preventDefault();
  else runClicked(app, target);
}

/**
 * @param {MailApp} app
 * @param {HTMLElement} target
 */
function runClicked(app, target) {
  const bulk = target.closest("[data-bulk]")?.dataset.bulk;
  const folder = target.closest("#move-dialog [data-to]");
  const command = target.closest("[data-do]")?.dataset.do;
  const star = target.closest("[data-star]");
  if (star) app.act(star.ariaPressed === "true" ? "unflag" : "flag", [star.closest("li.row").dataset.ref]);
  else if (bulk) app.doOnSelection(bulk, [...app.list.selected]);
  else if (folder) chooseTarget(app, folder.dataset.to);
  else if (command) app.do(command, app.shownRef ? [app.shownRef] : []);
  else if (app.hasAttribute("data-drawer") && !app.folders.contains(target)) app.toggleDrawer(false);
}

/**
 * Says whether the link leads somewhere within this page.
 * @param {MailApp} app
 * @param {HTMLAnchorElement} link
 */
function followsLink(app, link) {
  const row = link.closest("li.row");
  const isWithin = link.href.startsWith(location.origin + app.dataset.home) || row?.dataset.ofBox;
  if (!isWithin || link.target || link.hasAttribute("download")) return false;
  if (row?.hasAttribute("data-draft")) {
    app.compose("draft", row);
    return true;
  }
  app.visit(link.href); // first: what it asks for is on its way meanwhile
  if (row) app.list.focus(row, { scroll: false });
  if (link.closest(".tabs-bottom, #folders")) app.toggleDrawer(false);
  return true;
}
