"use strict";
// « Un exemplaire par destinataire »: choosing a file says that its addresses are meant.
document.querySelector("#table")?.addEventListener("change", (event) => {
  const { source } = event.target.form.elements;
  source.value = event.target.files.length ? "file" : source.value;
});

// What is ready was prepared for the choices of then, the sender among them: it does not leave for others.
const ready = document.querySelector("#ready");
const choices = [...document.querySelectorAll("input[name='sender'], input[name='source'], #table")];
const isChanged = (choice) =>
  choice.type === "file" ? choice.files.length > 0 : choice.checked !== choice.defaultChecked;
const compare = () => {
  ready.hidden = choices.some(isChanged);
  document.querySelector("#prepare-again").hidden = !ready.hidden;
};
if (ready) {
  document.addEventListener("change", compare);
  window.addEventListener("pageshow", compare); // a browser may give former choices back
}

// Whoever lost the shared mailbox reads so in a notice; how the mailing goes on is no longer theirs to know.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const state = document.querySelector("#mailing-state");
  if (!state || ctx.sourceElement !== state || ctx.response.status !== 404) return;
  for (const part of state.querySelectorAll("progress, form, p")) part.remove();
  state.querySelector("h2").textContent = "La suite de cet envoi ne vous est plus montrée";
});

// Without a network, or once it is lost on the way, the browser would put its own page here, which says
// nothing of the mailing and stays. What starts or stops it may be asked twice: nothing leaves twice.
const say = (sentence) => window.vaguemestre.notify(sentence, "danger", 12);
const UNANSWERED = "Pas de réponse de la messagerie. Réessayez quand le réseau revient";
let isSettled = false; // whether the browser may go where the answer leads

const send = async (form, submitter) => {
  const body = new URLSearchParams(new FormData(form, submitter));
  submitter.disabled = true;
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body });
  } catch {
    say(
      form.action.includes("/partir/")
        ? `${UNANSWERED} : l’envoi a peut-être commencé, et rien ne partira deux fois.`
        : `${UNANSWERED}.`,
    );
    return;
  } finally {
    submitter.disabled = false;
  }
  if (answer.redirected && new URL(answer.url).pathname !== "/alogin") {
    location.assign(answer.url);
    return;
  }
  isSettled = true; // a refusal, or a proof to give: the browser asks again and shows the page itself
  form.requestSubmit(submitter);
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!navigator.onLine) {
    event.preventDefault();
    say("Pas de réseau : rien n’a été demandé au serveur. Réessayez quand il revient.");
  } else if (!isSettled && event.submitter && form.enctype !== "multipart/form-data") {
    event.preventDefault();
    void send(form, event.submitter);
  }
  isSettled = false;
});
