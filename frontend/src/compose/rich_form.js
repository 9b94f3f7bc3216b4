// A rich text in an ordinary form: a signature, a text kept ready.
import { Editor } from "./text/editor.js";
import { tell } from "../ui/http.js";

const tellNoPicture = () => tell("Ce texte ne prend pas d’image : elle n’a pas été collée.", "warn", 8);

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("#rich");
  if (!form) return;
  const editor = new Editor(form, { onInput: () => {}, onPictures: tellNoPicture });
  form.querySelector('[data-format="picture"]').hidden = true;
  form.addEventListener("submit", () => {
    form.elements.html.value = editor.fields().html;
  });
  const choices = form.querySelectorAll("[name=signed_with]");
  const ownText = form.querySelector("#own-text");
  const showOwnText = () => {
    if (choices.length) ownText.hidden = form.elements.signed_with.value !== "own";
  };
  for (const choice of choices) choice.addEventListener("change", showOwnText);
  showOwnText();
});
