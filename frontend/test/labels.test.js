// A label put or taken off: said, undone, and shown at once on the open message; what is read stays.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Window } from "happy-dom";

globalThis.window = new Window();
for (const name of ["HTMLElement", "customElements"]) globalThis[name] = globalThis.window[name];
globalThis.document = globalThis.window.document;
globalThis.CSS = { escape: (text) => text, supports: () => false };
const { Labels } = await import("../src/webmail/actions/labels.js");
const { MessageActions } = await import("../src/webmail/actions/message_actions.js");
const { undoLast } = await import("../src/webmail/actions/undo.js");
await import("../src/webmail/on_use/label_form.js"); // at once when it is first used

const REF = "INBOX/7/1";
const DIALOG = `<dialog id="label-dialog" data-labels="/messagerie/etiquettes/"><h2></h2><ul class="marks">
  <li><input type="checkbox" data-mark="classe" data-name="Classe" data-colour="red"></li></ul>
  <form><h3></h3><input name="mark"><input type="text" name="name"><select name="colour"></select>
  <button type="button" data-label-drop></button><p class="error"></p></form></dialog>`;
let page, app, posts, answers, refreshed;

beforeEach(() => {
  page = new Window({ url: "https://mail.test/messagerie/" });
  Object.assign(globalThis, { window: page, document: page.document, location: page.location });
  Object.assign(globalThis, { Event: page.Event, DOMParser: page.DOMParser, FormData: page.FormData });
  globalThis.CustomEvent = page.CustomEvent;
  page.document.body.innerHTML = `<mail-app></mail-app><div id="notices"></div>${DIALOG}
    <div class="message" data-ref="${REF}" data-labels=""><p class="labels"></p></div>`;
  page.document.documentElement.dataset.icons = new URL("../src/ui/icons.svg", import.meta.url).href;
  page.vaguemestre = {
    notify: (words) => {
      const notice = page.document.createElement("p");
      notice.textContent = words;
      page.document.querySelector("#notices").append(notice);
      return notice;
    },
  };
  const form = page.document.querySelector("form");
  const fields = ["mark", "name", "colour"].map((name) => [name, form.querySelector(`[name=${name}]`)]);
  Object.defineProperty(form, "elements", { value: Object.fromEntries(fields) });
  [posts, answers, refreshed] = [[], {}, 0];
  globalThis.fetch = async (url, { body }) => {
    posts.push([url, String(body ?? "")]);
    return answers[url]?.() ?? new Response('{"moved": [], "final": false, "more": ""}');
  };
  page.document.querySelector("mail-app").refresh = () => {};
  page.document.querySelector("mail-app").restoreFocus = () => {};
  app = {
    dataset: { acts: "/messagerie/actes/x/", home: "/messagerie/" },
    addEventListener: () => {},
    list: { row: () => null, conversationRefs: (refs) => refs, settle: () => {}, invalidateRows: () => {} },
    openMessage: page.document.querySelector(".message"),
    showOnOpenMessage: (act, refs, mark) =>
      refs.includes(REF) ? app.labels.showOn?.(app.openMessage, act === "label", mark) : () => {},
    selection: { show: () => {} },
    refresh: async () => void (refreshed += 1),
    reload: () => assert.fail("what is read would leave"),
  };
  app.actions = new MessageActions(app);
  app.act = (act, refs, options) => app.actions.do(act, refs, options);
  app.labels = new Labels(app);
});
afterEach(() => page.happyDOM.close());

const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
const chips = () => [...app.openMessage.querySelectorAll(".labels .chip")].map((chip) => chip.textContent);
const notices = () => [...page.document.querySelectorAll("#notices > p")].map((notice) => notice.textContent);

function tick(on) {
  const box = app.labels.dialog.querySelector("[data-mark]");
  box.checked = on;
  box.dispatchEvent(new page.Event("change", { bubbles: true }));
}

test("a label is said, and undone with its chip", async () => {
  app.labels.open([REF]);
  tick(true);
  assert.deepEqual(chips(), ["Classe"], "at once");
  await settled();
  assert.deepEqual(notices(), ["Étiquette « Classe » mise.Annuler"]);
  await undoLast();
  assert.deepEqual(chips(), []);
  assert.equal(posts.at(-1)[0], "/messagerie/actes/unlabel/");
  assert.deepEqual(notices(), ["Annulé."]);
});

test("a label taken off is said, and comes back", async () => {
  app.openMessage.dataset.labels = "Classe";
  app.labels.open([REF]);
  tick(false);
  assert.deepEqual(chips(), []);
  await settled();
  assert.deepEqual(notices(), ["Étiquette « Classe » retirée.Annuler"]);
  await undoLast();
  assert.deepEqual(chips(), ["Classe"]);
});

test("Ctrl+Z among the labels unticks the one that was ticked", async () => {
  app.labels.open([REF]);
  tick(true);
  await settled();
  const box = app.labels.dialog.querySelector("[data-mark]");
  box.dispatchEvent(new page.KeyboardEvent("keydown", { key: "z", ctrlKey: true, bubbles: true }));
  await settled();
  assert.equal(posts.at(-1)[0], "/messagerie/actes/unlabel/");
  assert.equal(box.checked, false);
});

test("only the messages that it changed lose a label when it is undone", async () => {
  app.openMessage.dataset.labels = "classe";
  app.labels.open([REF, "INBOX/7/2"]);
  tick(true);
  await settled();
  await undoLast();
  assert.equal(new URLSearchParams(posts.at(-1)[1]).getAll("ref").join(), "INBOX/7/2");
  assert.deepEqual(chips(), ["Classe"]);
});

test("a label that was refused goes from the open message", async () => {
  answers["/messagerie/actes/label/"] = () => new Response("", { status: 503 });
  app.labels.open([REF]);
  tick(true);
  await settled();
  assert.deepEqual(chips(), []);
  assert.match(notices()[0], /n’a pas pu/);
});

test("a new label is put, said and undone where one is", async () => {
  answers["/messagerie/etiquettes/"] = () => new Response('{"mark": "sorties"}');
  answers["/messagerie/"] = () =>
    new Response(DIALOG.replace('"classe"', '"sorties"').replace('"Classe"', '"Sorties"'));
  app.labels.open([REF]);
  app.labels.form.dispatchEvent(new page.Event("submit", { cancelable: true }));
  await settled();
  assert.deepEqual(chips(), ["Sorties"]);
  assert.deepEqual(notices(), ["Étiquette « Sorties » mise.Annuler"]);
  assert.ok(refreshed > 0);
});
