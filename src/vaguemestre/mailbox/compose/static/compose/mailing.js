"use strict";
// « Un exemplaire par destinataire »: choosing a file says that its addresses are meant.
document.querySelector("#table")?.addEventListener("change", (event) => {
  const { source } = event.target.form.elements;
  source.value = event.target.files.length ? "file" : source.value;
});
