// Messages of a conversation read one under another, loaded when the first of them is unfolded: under its heading line,
// each with who wrote it, its notices, files and text. A text stays in a frame of an opaque origin; the frame tells its
// height, which is all that is ever heard from it.
import { create, findAll, paneChanges } from "../../ui/dom.js";
import { boxOf } from "../boxes.js";
import { fetchFragment, tellRefusal } from "../../ui/http.js";

const MIN_HEIGHT = 24; // pixels
const MAX_HEIGHT = 20_000; // a longer text scrolls in its frame
const MAX_NEWS = 200; // heights of one text: a text as tall as its own frame would grow for ever
const ANSWERS = [
  ["reply", "arrow-back-up", "Répondre"],
  ["reply-all", "arrow-back-up-double", "Répondre à tous"],
  ["forward", "arrow-forward-up", "Transférer"],
];

let adopted = 0; // dialogs, numbered so that no two have one name

/** @type {WeakMap<HTMLIFrameElement, number>} heights told by a frame */
const told = new WeakMap();

window.addEventListener("message", ({ source, origin, data }) => {
  if (origin !== "null" || !Number.isFinite(data)) return;
  /** @type {HTMLIFrameElement | undefined} */
  const frame = [...findAll("iframe.measured")].find((other) => other.contentWindow === source);
  const news = frame ? (told.get(frame) ?? 0) : MAX_NEWS;
  if (!frame || news >= MAX_NEWS) return;
  told.set(frame, news + 1);
  frame.style.height = `${Math.min(Math.max(Math.ceil(data), MIN_HEIGHT), MAX_HEIGHT)}px`;
});

/**
 * Unfold the message of that heading line, or fold it.
 * @param {MailApp} app
 * @param {MessageElement} item
 */
export async function toggle(app, item) {
  if (item.querySelector(".unfolded")) fold(item);
  else await unfold(app, item);
}

/** @param {MessageElement} item */
export function fold(item) {
  paneChanges();
  item.querySelector(".unfolded")?.remove();
  item.querySelector("a.open").setAttribute("aria-expanded", "false");
}

/**
 * @param {MailApp} app
 * @param {MessageElement} item
 */
export async function unfold(app, item) {
  if (item.querySelector(".unfolded") || item.hasAttribute("aria-busy")) return;
  const link = item.querySelector("a.open");
  item.setAttribute("aria-busy", "true");
  link.setAttribute("aria-expanded", "true");
  try {
    const template = create("template");
    const address = app.navigation.addressWithWords(new URL(link.href));
    template.innerHTML = await (await fetchFragment(address)).text();
    if (!item.isConnected || link.getAttribute("aria-expanded") === "false") return; // folded meanwhile
    measureOpen(app);
    const panel = panelOf(template.content.querySelector(".message"), link);
    item.append(panel);
    app.search.mark();
    panel.addEventListener("click", (event) => showImages(panel, event));
    if (item.hasAttribute("data-unread") && app.dataset.marksRead !== "non") {
      item.removeAttribute("data-unread");
      app.act("read", [item.dataset.ref], { quiet: true });
    }
  } catch (error) {
    link.setAttribute("aria-expanded", "false");
    tellRefusal(error);
  } finally {
    item.removeAttribute("aria-busy");
  }
}

/**
 * All messages of the conversation, in order; none is asked for before the one above it has come.
 * @param {MailApp} app
 * @param {MessageElement[]} items
 * @param {() => boolean} isWanted still: whoever opens another message or folds all again wants no more of them
 */
export async function unfoldAll(app, items, isWanted) {
  const reader = app.openMessage;
  for (const { dataset } of items) {
    if (!isWanted() || app.openMessage !== reader) return;
    // news may have drawn the line anew meanwhile
    const item = reader?.querySelector(`.conv li[data-ref="${CSS.escape(dataset.ref)}"]`);
    if (item) await unfold(app, item);
  }
}

// The open message is as tall as its text too, once another stands beside it.
/** @param {MailApp} app */
export function measureOpen(app) {
  const frame = app.openMessage?.querySelector("iframe.body");
  if (!frame || frame.classList.contains("measured")) return;
  app.bodyFrame
    .again({ change: (/** @type {URLSearchParams} */ query) => query.set("hauteur", "1") })
    ?.classList.add("measured");
}

/**
 * @param {MessageElement} pane
 * @param {HTMLAnchorElement} link
 */
function panelOf(pane, link) {
  const panel = create("div");
  panel.className = "unfolded";
  Object.assign(panel.dataset, {
    folder: pane.dataset.folder,
    uidValidity: pane.dataset.uidValidity,
    uid: pane.dataset.uid,
  });
  const box = boxOf(link.closest("li[data-ref]")?.dataset.ref ?? "");
  if (box) panel.dataset.ofBox = box;
  const article = pane.querySelector("article");
  const name = article.querySelector(".from b")?.textContent ?? "";
  article.removeAttribute("aria-labelledby");
  article.setAttribute("aria-label", `Courriel de ${name}`);
  // What belongs to the page's one message: its title, ways past its text, questions in dialogs that are not here.
  for (const other of article.querySelectorAll(".subject, .out, .thread")) other.remove();
  for (const other of article.querySelectorAll("[id]")) other.removeAttribute("id");
  const frame = article.querySelector("iframe");
  frame?.replaceWith(frameOf(frame.getAttribute("src"), name));
  const bar = answersOf(link);
  article.append(bar);
  panel.append(article);
  if (pane.querySelector('[data-opens="report-dialog"]')) {
    bar.append(reportButton(adoptDialog(pane, panel, "report-dialog")));
  }
  adoptDialog(pane, panel, "unsubscribe-dialog");
  return panel;
}

/**
 * A question that the message asks alone, asked here under a name of its own; returns that name.
 * @param {MessageElement} pane
 * @param {HTMLElement} panel
 * @param {string} id
 */
function adoptDialog(pane, panel, id) {
  const dialog = pane.querySelector(`#${id}`);
  if (!dialog) return "";
  adopted += 1;
  const own = `${id}-${adopted}`;
  dialog.id = own;
  const title = dialog.querySelector("h2");
  title.id = `${own}-title`;
  dialog.setAttribute("aria-labelledby", title.id);
  for (const opener of panel.querySelectorAll(`[data-opens="${id}"]`)) opener.dataset.opens = own;
  panel.append(dialog);
  return own;
}

/** @param {string} dialog */
function reportButton(dialog) {
  const button = create("button");
  button.type = "button";
  button.className = "btn-text small";
  button.dataset.opens = dialog;
  button.textContent = "Signaler";
  return button;
}

/**
 * @param {string} address
 * @param {string} name
 */
function frameOf(address, name) {
  const frame = create("iframe");
  const to = new URL(address, location.href);
  to.searchParams.set("hauteur", "1");
  frame.className = "part-body measured";
  frame.title = `Texte du courriel de ${name}`;
  frame.sandbox.value = "allow-popups allow-popups-to-escape-sandbox allow-scripts";
  frame.referrerPolicy = "no-referrer";
  frame.src = to.href;
  return frame;
}

/** @param {HTMLAnchorElement} link */
function answersOf(link) {
  const bar = create("p");
  bar.className = "answers";
  for (const [mode, icon, words] of ANSWERS) {
    const button = create("button");
    button.type = "button";
    button.className = "btn line small";
    button.dataset.compose = mode;
    button.append(window.vaguemestre.icon(icon), words);
    bar.append(button);
  }
  const alone = create("a");
  alone.className = "btn-text small";
  alone.href = link.href;
  alone.textContent = "Ouvrir seul";
  bar.append(alone);
  return bar;
}

/**
 * @param {HTMLElement} panel
 * @param {MouseEvent} event
 */
function showImages(panel, event) {
  if (!event.target.closest('[data-do="show-images"]')) return;
  event.stopPropagation();
  const frame = panel.querySelector("iframe");
  const address = new URL(frame.src);
  address.searchParams.set("images", "1");
  const other = frameOf(address.href, "");
  other.title = frame.title;
  frame.replaceWith(other);
  panel.querySelector("[data-blocked]")?.remove();
  panel.querySelector("summary, button, a")?.focus();
}
