// What the browser keeps of a person: `vm:moves:17` (folders used last), `vm:compose:17:key` (texts not yet saved);
// `17.3`: in the mailbox of several people number 3. Keys without `vm:` are the device's.

const PERSONAL = "vm:";
const UNSENT = "vm:compose:"; // kept while nobody is signed in: its author comes back for it
const FORMER = "vaguemestre.moves"; // folders used last, whoever used them

/** @param {Storage} storage */
export function forgetEverybody(storage) {
  forget(storage, (key) => key.startsWith(PERSONAL));
}

/**
 * @param {Storage} storage
 * @param {string} person the account's number; "" while nobody is signed in
 */
export function forgetOthers(storage, person) {
  forget(storage, (key) => {
    if (!key.startsWith(PERSONAL) || (!person && key.startsWith(UNSENT))) return false;
    return key.split(":")[2]?.split(".")[0] !== person;
  });
}

/**
 * @param {Storage} storage
 * @param {(key: string) => boolean} isOver
 */
function forget(storage, isOver) {
  storage.removeItem(FORMER);
  for (const key of Object.keys(storage)) if (isOver(key)) storage.removeItem(key);
}
