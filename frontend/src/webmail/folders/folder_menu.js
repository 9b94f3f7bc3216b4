// The menu of a folder: what may be done with it depends on its use.
import { number } from "../../ui/french.js";

/**
 * @typedef {object} FolderActs
 * @property {() => unknown} visit
 * @property {() => unknown} markAllRead
 * @property {(wanted: boolean) => unknown} subscribe whether other programs show it
 * @property {(act: string) => unknown} do "create" (inside it), "rename", "shelve", "empty" or "delete"
 */

/**
 * @param {FolderLink} link
 * @param {FolderActs} acts
 * @returns {MenuItem[]}
 */
export function folderMenu({ dataset: { use, total, wanted } }, acts) {
  const isOwn = use === "other";
  /** @type {MenuItem[]} */
  const items = [["Ouvrir", "folder", acts.visit]];
  if (use !== "all") items.push(["Tout marquer comme lu", "mail-opened", acts.markAllRead]);
  if (use !== "all" && use !== "drafts")
    items.push(["Nouveau dossier ici…", "folder-plus", () => acts.do("create")]);
  if (isOwn) {
    items.push(
      ["Renommer…", "pencil", () => acts.do("rename")],
      ["Ranger dans…", "folder-symlink", () => acts.do("shelve")],
      wanted === "oui"
        ? ["Cacher dans les autres logiciels", "eye-off", () => acts.subscribe(false)]
        : ["Montrer dans les autres logiciels", "eye", () => acts.subscribe(true)],
    );
  }
  if (use !== "all" && use !== "inbox")
    items.push(null, [`Vider (${number(Number(total))})…`, "trash-x", () => acts.do("empty")]);
  if (isOwn) items.push(["Supprimer le dossier", "trash", () => acts.do("delete")]);
  return items;
}
