// A question with one button that says yes.
import { find } from "../../ui/dom.js";

/** @param {Question} question */
export function confirm({ title, text, go, act }) {
  const dialog = find("#confirm-dialog");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = text;
  const button = dialog.querySelector("[data-sure]");
  button.textContent = go;
  button.onclick = () => {
    dialog.close();
    act();
  };
  dialog.showModal();
}
