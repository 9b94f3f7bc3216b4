// <input data-enter="name">: the Enter key presses the button of that name rather than the form's usual one.
"use strict";

document.addEventListener("keydown", (event) => {
  const field = event.key === "Enter" && event.target.closest?.("[data-enter]");
  if (!field) return;
  event.preventDefault();
  field.form.elements[field.dataset.enter]?.click();
});
