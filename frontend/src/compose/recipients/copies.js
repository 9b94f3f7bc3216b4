// The fields of copies, folded in an answer until they are asked for: the room is for the text.

/**
 * @param {ComposerForm} form
 * @param {import("./recipients.js").Recipients} copies
 */
export function foldCopies(form, copies) {
  if (!form.dataset.mode?.startsWith("reply")) return;
  const button = document.querySelector("#copies");
  button.hidden = false;
  form.classList.add("folded");
  button.addEventListener("click", () => {
    button.hidden = true;
    form.classList.remove("folded");
    copies.input.focus();
  });
}
