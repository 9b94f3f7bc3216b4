// One list over several mailboxes: `12~~INBOX/7/5` is a message of the shared mailbox 12, `INBOX/7/5` one of one's own.
// Whatever is done to it is asked of its own mailbox, which knows who may do what there.
const MARK = /^(\d+)~~/u;
const PAGE = /^\/boites\/(\d+)\/messagerie\//u;

/**
 * The number of its mailbox; empty for the mailbox of the page.
 * @param {string} ref of a message or of a folder
 */
export function boxOf(ref) {
  return MARK.exec(ref)?.[1] ?? "";
}

/** @param {string} ref */
export function bareRef(ref) {
  return ref.replace(MARK, "");
}

/**
 * @param {string} box
 * @param {string} ref
 */
export function inBox(box, ref) {
  return box ? `${box}~~${ref}` : ref;
}

/**
 * The address of a page of a mailbox.
 * @param {string} box
 * @param {string} address in the mailbox of the page
 */
export function addressIn(box, address) {
  return box ? `/boites/${box}${address}` : address;
}

/**
 * The mailbox an address of the reader is of, and its steps from there.
 * @param {string} home
 * @param {string} path
 */
export function placeOf(home, path) {
  const box = path.startsWith(home) ? "" : (PAGE.exec(path)?.[1] ?? "");
  return { box, steps: path.slice(addressIn(box, home).length).split("/").filter(Boolean) };
}

/**
 * The message that an element of the page says it is of, if it says so.
 * @param {DOMStringMap | undefined} data
 * @returns {MessageRef | undefined}
 */
export function refIn(data) {
  if (!data?.folder) return undefined;
  const { folder, uidValidity, uid, ofBox: box } = data;
  return { folder, uidValidity: Number(uidValidity), uid: Number(uid), box };
}
