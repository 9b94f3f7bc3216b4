// Answers of the server that come late, when another is there or asked for already.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Window } from "happy-dom";

globalThis.window = new Window();
for (const name of ["HTMLElement", "customElements"]) globalThis[name] = globalThis.window[name];
globalThis.document = globalThis.window.document; // what these modules listen to is there once they are loaded
const { openMoveDialog } = await import("../src/webmail/folders/move_dialog.js");
const { FolderPane } = await import("../src/webmail/folders/folder_pane.js");
const { Labels } = await import("../src/webmail/actions/labels.js");
const { Conversation } = await import("../src/webmail/message/conversation.js");
const unfold = await import("../src/webmail/on_use/unfold.js");
const { offerTargets } = await import("../src/webmail/on_use/all_boxes.js");
const { MessageActions } = await import("../src/webmail/actions/message_actions.js");
const { showActOnOpenMessage } = await import("../src/webmail/message/open_message.js");

let page, document, answers, told;

beforeEach(() => {
  page = new Window({ url: "https://mail.test/messagerie/" });
  document = page.document;
  globalThis.window = page;
  globalThis.document = document;
  globalThis.location = page.location;
  globalThis.Event = page.Event;
  globalThis.DOMParser = page.DOMParser;
  globalThis.CSS = { escape: (text) => text };
  told = [];
  page.vaguemestre = {
    notify: (words) => void told.push(words),
    icon: (name) => document.createElement(`icon-${name}`),
  };
  answers = [];
  globalThis.fetch = (url) =>
    new Promise((resolve) => {
      answers.push({ url, answer: (body, more) => resolve(new Response(body, more)) });
    });
});
afterEach(() => page.happyDOM.close());

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const folder = (name) =>
  `<a class="folder-link" href="/${name}/" data-folder="${name}" data-step="${name}" data-use="other" data-name="${name}"></a>`;

test("a dialog opened for another mailbox offers the folders of that one only", async () => {
  document.body.innerHTML = '<dialog><ul class="targets"></ul></dialog>';
  const dialog = document.querySelector("dialog");
  const app = { dataset: { folders: "/messagerie/dossiers/" } };
  const opened = [offerTargets(app, dialog, "12"), offerTargets(app, dialog, "13")];
  answers[1].answer(folder("Sorties"));
  await settled();
  answers[0].answer(folder("Conseils"));
  await Promise.all(opened);
  const targets = [...dialog.querySelectorAll("button")].map((button) => button.dataset.to);
  assert.deepEqual(targets, ["13~~Sorties"]);
});

test("folders that cannot be had are told, and the empty dialog closes", async () => {
  document.body.innerHTML =
    '<dialog id="move-dialog"><input><ul class="targets"></ul></dialog><div id="notices"></div>';
  globalThis.offerTargets = offerTargets;
  document.documentElement.dataset.icons =
    "data:text/javascript,export const { offerTargets } = globalThis; export const open = () => {};//ui/icons.svg";
  const app = { dataset: { folders: "/messagerie/dossiers/" }, section: { dataset: { use: "boxes" } } };
  const opened = openMoveDialog(app, ["12~~INBOX/7/5"]);
  while (!answers.length) await settled();
  answers[0].answer("", { status: 503 });
  await opened;
  assert.match(told[0], /n’a pas pu/);
  assert.equal(document.querySelector("dialog").open, false);
});

function folderPane() {
  document.body.innerHTML = '<div id="folders"><div class="folder-lists"></div></div>';
  const folders = document.querySelector("#folders");
  const app = {
    folders,
    dataset: { folders: "/messagerie/dossiers/" },
    section: { dataset: { folder: "INBOX", step: "INBOX", use: "inbox" } },
    sharedUnread: { show: () => {} },
  };
  return { folders, pane: new FolderPane(app) };
}

test("counts asked for later are not replaced by those asked for before", async () => {
  const { folders, pane } = folderPane();
  const asked = [pane.counts()];
  while (answers.length < 1) await settled();
  asked.push(pane.counts());
  while (answers.length < 2) await settled();
  answers[1].answer("2 non lus");
  await asked[1];
  answers[0].answer("3 non lus");
  await asked[0];
  assert.equal(folders.textContent, "2 non lus");
});

const header = (ref) => `<li data-ref="${ref}"><a class="open" href="/${ref}/">${ref}</a></li>`;

function openMessage() {
  document.body.innerHTML = `<div class="message" data-ref="INBOX/7/1"><article><p class="labels"></p></article></div>`;
  return document.querySelector(".message");
}

test("a conversation looked for later is not replaced by one looked for before", async () => {
  const message = openMessage();
  const conversation = new Conversation({ dataset: { home: "/messagerie/" }, openMessage: message });
  const looked = [conversation.again(), conversation.again()];
  answers[1].answer(header("INBOX/7/1") + header("Sent/7/2"));
  await looked[1];
  answers[0].answer(header("INBOX/7/1"));
  await looked[0];
  assert.deepEqual(conversation.known, ["INBOX/7/1", "Sent/7/2"]);
});

test("a message of a conversation is unfolded once its text is there", async () => {
  document.body.innerHTML = `<ul>${header("INBOX/7/2")}</ul>`;
  const app = {
    dataset: { marksRead: "non" },
    navigation: { addressWithWords: ({ href }) => href },
    search: { mark: () => {} },
  };
  const item = document.querySelector("li");
  const toggled = unfold.toggle(app, item);
  answers[0].answer('<div class="message" data-folder="INBOX"><article></article></div>');
  await toggled;
  assert.ok(item.querySelector(".unfolded"), "what is said of the conversation counts it");
});

function labelsOf(ref, act) {
  document.body.innerHTML = `<dialog id="label-dialog"><h2></h2><input type="checkbox" data-mark="classe" data-name="Classe">
    <form><h3></h3><input name="mark"><input name="name"><select name="colour"></select><button type="button"
    data-label-drop></button><p class="error"></p></form></dialog>
    <div class="message" data-ref="${ref}"><p class="labels"></p></div>`;
  const form = document.querySelector("form");
  Object.defineProperty(form, "elements", {
    value: Object.fromEntries(
      ["mark", "name", "colour"].map((name) => [name, form.querySelector(`[name=${name}]`)]),
    ),
  });
  const app = {
    act,
    addEventListener: () => {},
    list: { row: () => null },
    openMessage: document.querySelector(".message"),
  };
  const labels = new Labels(app);
  const tick = () => {
    const box = labels.dialog.querySelector("[data-mark]");
    box.checked = true;
    box.dispatchEvent(new page.Event("change", { bubbles: true }));
  };
  return { app, labels, tick };
}

test("a label put on one message is not shown on the next, opened meanwhile", async () => {
  let put;
  const { app, labels, tick } = labelsOf("INBOX/7/1", () => new Promise((resolve) => (put = resolve)));
  labels.open(["INBOX/7/1"]);
  tick();
  app.openMessage.dataset.ref = "INBOX/7/2";
  labels.open(["INBOX/7/2"]);
  put(true);
  await settled();
  assert.equal(app.openMessage.querySelector(".labels").textContent, "");
});

test("a label that was refused is not shown", async () => {
  const { app, labels, tick } = labelsOf("INBOX/7/1", async () => false);
  labels.open(["INBOX/7/1"]);
  tick();
  await settled();
  assert.equal(app.openMessage.querySelector(".labels").textContent, "");
  assert.equal(labels.dialog.querySelector("[data-mark]").checked, false);
});

test("a star that was refused is taken back from the open message, as from its row", async () => {
  document.body.innerHTML = `<div class="message" data-ref="INBOX/7/1"><button data-toggles="flag" data-do="flag">
    <span>Mettre une étoile</span></button></div>`;
  const message = document.querySelector(".message");
  const button = message.querySelector("button");
  const actions = new MessageActions({
    dataset: { acts: "/messagerie/actes/x/" },
    list: { conversationRefs: (refs) => refs, flag: () => () => {}, settle: () => {} },
    showOnOpenMessage: (act) => showActOnOpenMessage(message, act),
    selection: { show: () => {} },
    refresh: async () => {},
  });
  const done = actions.do("flag", ["INBOX/7/1"]);
  assert.equal(button.textContent.trim(), "Retirer l’étoile", "shown at once");
  answers[0].answer("", { status: 503 });
  assert.equal(await done, false);
  assert.deepEqual([button.textContent.trim(), button.dataset.do], ["Mettre une étoile", "flag"]);
  assert.equal(message.hasAttribute("data-flagged"), false);
});
