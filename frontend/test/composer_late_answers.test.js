// Answers of the server that come late, or twice, while one goes on writing.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Window } from "happy-dom";
import { AttachFromMail } from "../src/compose/attachments/attach_from_mail.js";
import { Attachments } from "../src/compose/attachments/attachments.js";
import { TextMode } from "../src/compose/text/text_mode.js";

let page, answers;

beforeEach(() => {
  page = new Window({ url: "https://mail.test/ecrire/7/" });
  page.vaguemestre = { icon: (name) => page.document.createElement(`icon-${name}`) };
  globalThis.window = page;
  globalThis.document = page.document;
  answers = [];
});
afterEach(() => page.happyDOM.close());

const waiting = (...asked) => new Promise((resolve) => answers.push({ asked, answer: resolve }));

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

function plainTextOf(html) {
  page.document.body.innerHTML = '<button id="plain-mode"></button>';
  const editor = {
    html,
    isPlain: false,
    isUnfolded: false,
    text: "",
    fields: () => ({ html: editor.html }),
    toPlain(text) {
      Object.assign(editor, { isPlain: true, text });
    },
    appendPlain(text) {
      Object.assign(editor, { isUnfolded: true, text: editor.text + text });
    },
  };
  const mode = new TextMode(editor, { post: waiting }, () => {});
  return { editor, mode };
}

test("what is typed while the server writes the text plainly is in the plain text too", async () => {
  const { editor, mode } = plainTextOf("<p>Bonjour</p>");
  const changed = mode.change();
  editor.html = "<p>Bonjour à tous</p>";
  answers[0].answer({ text: "Bonjour" });
  await settled();
  answers[1]?.answer({ text: "Bonjour à tous" });
  await changed;
  assert.equal(editor.text, "Bonjour à tous");
});

test("a second press on plain text does not put the text of the first over what was typed since", async () => {
  const { editor, mode } = plainTextOf("<p>Bonjour</p>");
  const presses = [mode.change(), mode.change()];
  answers[0].answer({ text: "Bonjour" });
  await settled();
  editor.text = "Bonjour à tous";
  answers[1]?.answer({ text: "Bonjour" });
  await Promise.all(presses);
  assert.equal(editor.text, "Bonjour à tous");
});

test("a quotation asked for twice enters a plain text once", async () => {
  const { editor, mode } = plainTextOf("");
  const presses = [mode.unfold("<p>Lundi ?</p>"), mode.unfold("<p>Lundi ?</p>")];
  for (const { answer } of answers) answer({ text: "> Lundi ?" });
  await Promise.all(presses);
  assert.equal(editor.text, "> Lundi ?");
});

test("of files joined together, the one that no longer fits becomes a link", async () => {
  const list = page.document.createElement("ul");
  const parts = { limit: 450_000, lends: true, onTrouble: () => {}, onChange: () => {} };
  const attachments = new Attachments(list, { post: waiting }, parts);
  attachments.add([
    { name: "eleves.ods", size: 100_000 },
    { name: "photos.zip", size: 100_000 },
  ]);
  assert.deepEqual(
    answers.map(({ asked: [path] }) => path),
    ["pieces/", "liens/"],
  );
});

test("a file refused by the server leaves its room to the next", async () => {
  const list = page.document.createElement("ul");
  const parts = { limit: 450_000, lends: true, onTrouble: () => {}, onChange: () => {} };
  const asked = [];
  const server = {
    async post(path) {
      asked.push(path);
      throw new TypeError("no file of that kind");
    },
  };
  const attachments = new Attachments(list, server, parts);
  await attachments.add([{ name: "programme.exe", size: 100_000 }]);
  await attachments.add([{ name: "eleves.ods", size: 100_000 }]);
  assert.deepEqual(asked, ["pieces/", "pieces/"]);
});

test("a message pressed twice shows its files once", async () => {
  page.document.body.innerHTML = `<button id="from-mail"></button><dialog id="from-mail-dialog"><input id="from-mail-search">
    <ul id="from-mail-list"></ul><p id="from-mail-status"></p><button id="from-mail-attach"></button></dialog>`;
  const picker = new AttachFromMail({ home: "/ecrire/", ask: waiting }, () => {});
  picker.findMessages();
  answers[0].answer({
    messages: [
      { folder: "INBOX", uid_validity: "7", uid: "42", subject: "Conseil", sender: "Zoé", files: 1 },
    ],
  });
  await settled();
  const line = page.document.querySelector(".source");
  line.click();
  line.click();
  for (const { answer } of answers.slice(1)) answer({ files: [{ number: "2", name: "ordre.pdf", size: 9 }] });
  await settled();
  assert.equal(page.document.querySelectorAll("fieldset").length, 1);
});
