// Ctrl+Z and « Annuler »: the last action, undone once.
import { create, find } from "../../ui/dom.js";
import { tell, tellRefusal } from "../../ui/http.js";

/** @type {(() => unknown) | null} */
let lastUndo = null;
/** @type {Promise<ActResult> | undefined} the last action on its way to the server */
let underWay;

/** @param {Promise<ActResult>} action an action on its way: it is undone once it is done */
export function trackAction(action) {
  underWay = action;
  return action;
}

/** @param {() => unknown} act undoes the last action */
export function rememberUndo(act) {
  lastUndo = act;
}

/** Undo the last action, once the server has done it, if nothing was done since: a message about to leave first. */
export async function undoLast() {
  if (!window.dispatchEvent(new CustomEvent("vm:undo", { cancelable: true }))) return;
  await underWay?.catch(() => {});
  const undo = lastUndo;
  lastUndo = null;
  if (undo) await undo();
  else tell("Il n’y a rien à annuler.", "dark", 3);
}

// « Annuler », which goes with its notice: the focus goes back to the list. `act` answers whether it tells by itself.
/**
 * @param {HTMLElement} notice
 * @param {() => unknown} act
 */
export function addUndo(notice, act) {
  const app = find("mail-app");
  const button = create("button");
  button.type = "button";
  button.textContent = "Annuler";
  notice.dataset.undo = "possible";
  lastUndo = button.onclick = async () => {
    lastUndo = null;
    const words = notice.firstChild?.textContent ?? "";
    notice.remove();
    app.restoreFocus();
    try {
      const said = (await act()) ? null : tell("Annulé.", "dark", 3);
      if (said) said.dataset.undo = "done"; // the next bar takes its place
    } catch (error) {
      tellRefusal(error);
      const again = tell(words, "dark", 10);
      if (again) addUndo(again, act);
    }
    await app.refresh();
  };
  notice.append(button);
  return button;
}
