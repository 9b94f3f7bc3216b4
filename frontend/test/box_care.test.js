import assert from "node:assert/strict";
import { after, afterEach, beforeEach, test } from "node:test";
import { Window } from "happy-dom";

const page = new Window({ url: "https://mail.test/messagerie/" });
page.vaguemestre = { notify: (words) => void told.push(words) };
const SHARED = ["window", "document", "location", "HTMLElement", "customElements", "DOMParser", "FormData"];
for (const name of SHARED) globalThis[name] = page[name] ?? page;
globalThis.setInterval = () => 0; // no clock asks by itself
page.document.documentElement.dataset.icons =
  "data:text/javascript,export const keep = () => {};//ui/icons.svg";
await import("../src/webmail/on_use/box_care.js");

let answers, told;

const work = (words) => `<section class="care"><div class="care-live">${words}</div>
  <form action="/boites/3/fil/noter/"><textarea name="note"></textarea><button>Ajouter la note</button></form></section>`;

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

beforeEach(async () => {
  answers = [];
  told = [];
  globalThis.fetch = (url) =>
    new Promise((resolve) => {
      answers.push({ url, answer: (body, more) => resolve(new Response(body, more)) });
    });
  page.document.body.innerHTML = '<box-care src="/boites/3/fil/" data-message="a@b"></box-care>';
  answers[0].answer(work("Zoé lit"));
  await settled();
});
afterEach(() => {
  page.document.body.replaceChildren();
});
after(() => page.happyDOM.close());

const care = () => page.document.querySelector("box-care");

function addNote() {
  care().querySelector("textarea").value = "À rappeler";
  care()
    .querySelector("form")
    .dispatchEvent(new page.Event("submit", { bubbles: true, cancelable: true }));
}

test("a note is shown added, even if others were heard of before its answer", async () => {
  addNote();
  page.document.dispatchEvent(new page.Event("vm:members-changed"));
  answers[1].answer(work("Note : À rappeler"));
  await settled();
  answers[2]?.answer(work("Note : À rappeler, Zoé répond"));
  await settled();
  assert.equal(care().querySelector(".care-live").textContent, "Note : À rappeler, Zoé répond");
  assert.equal(care().querySelector("textarea").value, "");
  assert.equal(care().querySelector("button").disabled, false);
});

test("news asked for before the note do not take it away again", async () => {
  page.document.dispatchEvent(new page.Event("vm:members-changed"));
  addNote();
  answers[2].answer(work("Note : À rappeler"));
  await settled();
  answers[1].answer(work("Zoé lit"));
  await settled();
  assert.equal(care().querySelector(".care-live").textContent, "Note : À rappeler");
});

test("a note that could not be added is told, and can be sent again", async () => {
  addNote();
  answers[1].answer("", { status: 500 });
  await settled();
  assert.deepEqual(told, ["La messagerie n’a pas pu le faire. Réessayez dans un instant."]);
  assert.equal(care().querySelector("button").disabled, false);
  assert.equal(care().querySelector("textarea").value, "À rappeler");
});

test("a refused note is told in the server's words", async () => {
  addNote();
  answers[1].answer("<p>Cette note est trop longue.</p>", { status: 422 });
  await settled();
  assert.deepEqual(told, ["Cette note est trop longue."]);
});
