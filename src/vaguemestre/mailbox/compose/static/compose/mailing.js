"use strict";
// « Un exemplaire par destinataire »: choosing a file says that its addresses are meant.
document.querySelector("#table")?.addEventListener("change", (event) => {
  const { source } = event.target.form.elements;
  source.value = event.target.files.length ? "file" : source.value;
});

// Whoever lost the shared mailbox reads so in a notice; how the mailing goes on is no longer theirs to know.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const state = document.querySelector("#mailing-state");
  if (!state || ctx.sourceElement !== state || ctx.response.status !== 404) return;
  for (const part of state.querySelectorAll("progress, form, p")) part.remove();
  state.querySelector("h2").textContent = "La suite de cet envoi ne vous est plus montrée";
});

// Without a network the browser would put its own page here, which says nothing of the mailing and stays.
document.addEventListener("submit", (event) => {
  if (navigator.onLine) return;
  event.preventDefault();
  window.vaguemestre.notify(
    "Pas de réseau : rien n’a été demandé au serveur. Réessayez quand il revient.",
    "danger",
    12,
  );
});
