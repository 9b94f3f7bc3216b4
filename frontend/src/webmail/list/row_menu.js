// The menu of a row of the list: what can be done with its message, or with all that are selected.
import { boxOf } from "../boxes.js";

const AT_HOME = new Set(["alarm", "clock", "tag", "filter"]); // icons of what is done in the mailbox itself

/**
 * What the menu of a row offers, its name, and what has the focus back.
 * @param {MailApp} app
 * @param {MessageRow} row
 */
export function rowMenu(app, row) {
  const ref = row.dataset.ref;
  const refs = app.list.selected.has(ref) ? [...app.list.selected] : [ref];
  const isSingle = refs.length === 1;
  const context = {
    app,
    row,
    refs,
    isSingle,
    isDraft: row.hasAttribute("data-draft"),
    isSent: app.section.dataset.use === "sent",
    act: (/** @type {string} */ name) => () => app.act(name, refs),
  };
  const all = [...openItems(context), ...fileItems(context), ...markItems(context), ...filterItems(context)];
  const items = refs.some(boxOf) ? all.filter((item) => !item || !AT_HOME.has(item[1])) : all;
  const label = isSingle
    ? row.querySelector("a.open .subject-line > .clip").textContent
    : `${refs.length} courriels`;
  return { label, items, from: () => app.list.row(ref)?.querySelector("a.open") };
}

/**
 * @typedef {{app: MailApp, row: MessageRow, refs: string[], isSingle: boolean, isDraft: boolean, isSent: boolean,
 *   act: (name: string) => () => unknown}} Context
 */

/**
 * @param {Context} context
 * @returns {MenuItem[]}
 */
function openItems({ app, row, isSingle, isDraft }) {
  if (!isSingle) return [];
  const link = row.querySelector("a.open");
  /** @type {MenuItem} */
  const open = ["Ouvrir", "mail-opened", () => link.click()];
  if (isDraft) return [open, null];
  return [
    open,
    ["Ouvrir dans un nouvel onglet", "external-link", () => window.open(link.href, "_blank", "noopener")],
    ["Répondre", "arrow-back-up", () => app.compose("reply", row)],
    ["Répondre à tous", "arrow-back-up-double", () => app.compose("reply-all", row)],
    ["Transférer", "arrow-forward-up", () => app.compose("forward", row)],
    null,
  ];
}

/**
 * @param {Context} context
 * @returns {MenuItem[]}
 */
function fileItems({ app, refs, isSingle, isDraft, isSent, act }) {
  /** @type {MenuItem[]} */
  const items = [
    ["Archiver", "archive", act("archive")],
    ["Déplacer…", "folder-symlink", () => app.do("ask-move", refs)],
    ["Supprimer", "trash", act("delete")],
  ];
  if (!isDraft) items.push(["Me le rappeler…", "alarm", () => app.reminders.open(refs)]);
  if (isSingle && isSent) {
    items.push(["Me prévenir sans réponse…", "clock", () => app.reminders.open(refs, true)]);
  }
  return [...items, null];
}

/**
 * @param {Context} context
 * @returns {MenuItem[]}
 */
function markItems({ app, row, refs, isSingle, isDraft, act }) {
  const isUnread = row.classList.contains("unread");
  const isFlagged = row.classList.contains("flagged");
  const isMuted = row.classList.contains("muted");
  const isJunk = app.section.dataset.use === "junk";
  /** @type {MenuItem[]} */
  const items = [
    [isUnread ? "Marquer comme lu" : "Marquer comme non lu", "mail", act(isUnread ? "read" : "unread")],
    [isFlagged ? "Retirer l’étoile" : "Mettre une étoile", "star", act(isFlagged ? "unflag" : "flag")],
    ["Étiquettes…", "tag", () => app.labels.open(refs)],
  ];
  if (isSingle && !isDraft) {
    items.push([
      isMuted ? "Sortir de la sourdine" : "Mettre la conversation en sourdine",
      isMuted ? "bell" : "bell-off",
      () => app.mute(refs[0], isMuted),
    ]);
  }
  items.push([
    isJunk ? "Ce n’est pas indésirable" : "Signaler comme indésirable",
    isJunk ? "shield-check" : "flag",
    act(isJunk ? "not-junk" : "junk"),
  ]);
  return items;
}

/**
 * @param {Context} context
 * @returns {MenuItem[]}
 */
function filterItems({ app, refs: [ref], isSingle, isDraft, isSent }) {
  if (!isSingle || isDraft || isSent) return [];
  return [
    ["Toujours ranger les courriels de cet expéditeur…", "filter", () => beginFilter(app, ref)],
    ["Créer un filtre à partir de ce courriel…", "filter", () => beginFilter(app, ref, { objet: "1" })],
  ];
}

/**
 * A filter begun from this message: the page of filters does the rest.
 * @param {MailApp} app
 * @param {string} ref
 * @param {Record<string, string>} more
 */
function beginFilter(app, ref, more = {}) {
  location.assign(`${app.dataset.filters}?${new URLSearchParams({ message: ref, ...more })}`);
}
