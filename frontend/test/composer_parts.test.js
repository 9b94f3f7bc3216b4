import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Window } from "happy-dom";
import { Attachments } from "../src/compose/attachments/attachments.js";
import { sortFiles } from "../src/compose/attachments/file_input.js";
import { listenToKeys } from "../src/compose/composer_keys.js";
import { OtherPages } from "../src/compose/departure/other_pages.js";
import { chosenMoment, isBeforeMorning, isSunday } from "../src/compose/departure/send_later.js";
import { DockNews } from "../src/compose/dock_news.js";
import { Draft } from "../src/compose/draft.js";
import { PageNotices, savedSentence } from "../src/compose/page_notices.js";
import { Refused } from "../src/compose/server.js";
import { linkAddress } from "../src/compose/text/link_dialog.js";
import { TextMode } from "../src/compose/text/text_mode.js";
import { Toolbar } from "../src/compose/text/toolbar.js";

let page;

beforeEach(() => {
  page = new Window({ url: "https://mail.test/ecrire/7/" });
  page.vaguemestre = { icon: (name) => page.document.createElement(`icon-${name}`) };
  globalThis.window = page;
  globalThis.document = page.document;
  globalThis.location = page.location;
});
afterEach(() => page.happyDOM.close());

test("a picture dropped on a rich text is shown in it, any other file is attached", () => {
  const picture = { type: "image/png" };
  const drawing = { type: "image/svg+xml" }; // may run scripts: never in the text
  assert.deepEqual(sortFiles([picture, drawing], true), { pictures: [picture], others: [drawing] });
  assert.deepEqual(sortFiles([picture], false), { pictures: [], others: [picture] });
});

test("a file too heavy becomes a link; without links the server refuses it in figures", async () => {
  const asked = [];
  const said = [];
  const server = {
    post: async (path) => {
      asked.push(path);
      throw new Refused({ error: "1,0 Mo au plus" }, 422);
    },
  };
  for (const lends of [true, false]) {
    const parts = { limit: 1000, lends, onTrouble: (sentence) => said.push(sentence) };
    await new Attachments(globalThis.document.createElement("ul"), server, parts).add([
      { name: "film.mp4", size: 5000 },
    ]);
  }
  assert.deepEqual(asked, ["liens/", "pieces/"]);
  assert.deepEqual(said, ["« film.mp4 » : 1,0 Mo au plus", "1,0 Mo au plus"]);
});

test("a day without an hour begins at eight", () => {
  assert.equal(chosenMoment(" 07/09/2026 ", ""), "07/09/2026 08:00");
  assert.equal(chosenMoment("07/09/2026", " 14:30 "), "07/09/2026 14:30");
});

test("on a Sunday of France, tomorrow and Monday are one moment", () => {
  assert.equal(isSunday(new Date("2026-11-28T22:59:00Z")), false); // Saturday, a minute before midnight
  assert.equal(isSunday(new Date("2026-11-28T23:00:00Z")), true);
  assert.equal(isSunday(new Date("2026-11-29T22:59:00Z")), true);
  assert.equal(isSunday(new Date("2026-11-29T23:00:00Z")), false);
});

test("before eight in France, this very morning is offered", () => {
  assert.equal(isBeforeMorning(new Date("2026-12-02T22:59:00Z")), false); // a minute before midnight
  assert.equal(isBeforeMorning(new Date("2026-12-02T23:00:00Z")), true);
  assert.equal(isBeforeMorning(new Date("2026-12-03T06:59:00Z")), true);
  assert.equal(isBeforeMorning(new Date("2026-12-03T07:00:00Z")), false);
});

test("where the text is saved is said, and a refusal in the server's words", () => {
  assert.equal(savedSentence("saved", "", new Date(2026, 8, 7, 8, 5)), "Enregistré à 8\u00a0h\u00a005");
  assert.equal(savedSentence("trouble", "Boîte pleine."), "Boîte pleine.");
  assert.equal(savedSentence("trouble"), "Votre texte est gardé sur cet appareil.");
  assert.equal(savedSentence("unknown"), "");
});

test("Enter in a field does not send, Ctrl+Enter sends from anywhere", () => {
  page.document.body.innerHTML = "<form><input></form>";
  const sent = [];
  listenToKeys(page.document.querySelector("form"), { send: () => sent.push("sent"), escape: () => {} });
  const press = (more) =>
    page.document
      .querySelector("input")
      .dispatchEvent(
        new page.KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }),
      );
  assert.equal(press({}), false, "the browser does not submit the form");
  assert.deepEqual(sent, []);
  press({ ctrlKey: true });
  assert.deepEqual(sent, ["sent"]);
});

const notices = () => {
  page.document.body.innerHTML = `<p id="trouble" hidden><span></span></p><p id="question" hidden></p><p id="saved"></p>
    <button id="send"></button>`;
  return new PageNotices();
};

test("a session that ended is asked for once, and no more once the text is saved again", () => {
  const told = notices();
  const question = page.document.querySelector("#question");
  told.tellSaved("signed-out");
  const link = question.querySelector("a");
  told.tellSaved("signed-out");
  assert.equal(question.querySelector("a"), link, "the link that one may be about to press stays");
  told.tellSaved("saved");
  assert.equal(question.hidden, true);
});

test("an answer takes its question away and gives the keys back", () => {
  const told = notices();
  const acts = [];
  told.ask("drop", "Abandonner ?", [told.button("Abandonner", () => acts.push("dropped"))]);
  const question = page.document.querySelector("#question");
  assert.equal(question.hidden, false);
  told.withdraw("forgotten");
  assert.equal(question.hidden, false, "a question of another kind stays");
  question.querySelector("button").click();
  assert.equal(question.hidden, true);
  assert.deepEqual(acts, ["dropped"]);
});

function otherPages({ isDirty = false, isBusy = false, answer = {} } = {}) {
  const log = [];
  const autosave = {
    isDirty,
    running: null,
    insist: () => log.push("insist"),
    save: async () => log.push("save"),
    stop: () => log.push("stop"),
    forget: () => log.push("forget"),
    resume: () => log.push("resume"),
  };
  const server = {
    address: (path) => `/ecrire/7/${path}`,
    async post() {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  globalThis.location = { assign: (url) => log.push(url), replace: (url) => log.push(url) };
  const pages = new OtherPages(server, autosave, {
    recipients: [{ commit: () => log.push("commit") }],
    attachments: { isBusy },
    read: () => ({}),
    say: (sentence) => log.push(sentence),
    tellFailure: (error) => log.push(error),
    frameAddress: (address) => address,
  });
  return { pages, log };
}

test("the page of a mailing opens once the server has the text", async () => {
  const { pages, log } = otherPages();
  await pages.mailing();
  assert.deepEqual(log, ["commit", "insist", "save", "/ecrire/7/exemplaires/"]);
});

test("what changes while the text is being saved is saved too, and is no failure", async () => {
  const { pages, log } = otherPages();
  let changes = 1;
  pages.autosave.save = async () => {
    log.push("save");
    pages.autosave.isDirty = changes-- > 0;
    return true;
  };
  await pages.mailing();
  assert.deepEqual(log, ["commit", "insist", "save", "save", "/ecrire/7/exemplaires/"]);
});

test("nobody leaves the page while the text is not saved, or a file is half sent", async () => {
  for (const state of [{ isDirty: true }, { isBusy: true }]) {
    const { pages, log } = otherPages(state);
    await pages.mailing();
    await pages.moveTo("secretariat");
    assert.ok(!log.some((line) => line.startsWith("/")), `nowhere gone: ${log}`);
    assert.match(log.at(-1), /gardé|en cours d’envoi/);
  }
});

test("a draft that another window dropped is gone; one that cannot be dropped stays", async () => {
  const gone = otherPages({ answer: new Refused({ code: "compose.gone" }, 409) });
  assert.equal(await gone.pages.drop(), true);
  assert.deepEqual(gone.log, ["stop", "forget"]);
  const away = otherPages({ answer: new Error("away") });
  assert.equal(await away.pages.drop(), false);
  assert.deepEqual(away.log, ["stop", "resume", "Le brouillon n’a pas pu être effacé. Réessayez."]);
});

test("a refused move to another mailbox is told, and the draft stays", async () => {
  const refusal = new Refused({ error: "Non." }, 409);
  const { pages, log } = otherPages({ answer: refusal });
  await pages.moveTo("secretariat");
  assert.deepEqual(log, ["commit", "insist", "save", refusal]);
});

test("names that were looked up do not make a draft another one", () => {
  const field = { name: "to", value: "", people: [{ address: "a@b.fr", name: "" }], input: { value: "" } };
  const draft = new Draft(
    { value: " " },
    {
      recipients: [field],
      editor: { fields: () => ({ html: "" }) },
      options: { fields: () => ({}) },
      attachments: { names: [] },
    },
  );
  const before = draft.signature();
  field.people[0].name = "Zoé Petit";
  assert.equal(draft.signature(), before);
  assert.equal(draft.title, "Nouveau courriel");
});

test("the text stays rich when the server cannot write it plainly", async () => {
  page.document.body.innerHTML = '<button id="plain-mode"></button>';
  const said = [];
  const editor = { isPlain: false, fields: () => ({ html: "<b>x</b>" }), toPlain: () => said.push("plain") };
  const server = {
    async post() {
      throw new Error("away");
    },
  };
  await new TextMode(editor, server, (sentence) => said.push(sentence)).change();
  assert.equal(said.length, 1);
  assert.match(said[0], /ne répond pas/);
});

test("a composer alone in its window tells nobody", () => {
  const dock = new DockNews({ key: "7" });
  assert.equal(dock.isFramed, false);
  dock.post("closed");
  assert.equal(dock.frameAddress("/ecrire/7/?signer=1"), "https://mail.test/ecrire/7/?signer=1");
  dock.isFramed = true;
  assert.equal(dock.frameAddress("/ecrire/7/?signer=1"), "https://mail.test/ecrire/7/?signer=1&cadre=1");
});

test("what is typed as a link is a page, a mailbox or a telephone, never a script", () => {
  assert.equal(linkAddress(" ac-corse.fr/rentree "), "https://ac-corse.fr/rentree");
  assert.equal(linkAddress("marie.rossi@ac-corse.fr"), "mailto:marie.rossi@ac-corse.fr");
  assert.equal(linkAddress("tel:+33495000000"), "tel:+33495000000");
  assert.equal(linkAddress("data:text/html,x"), "https://data:text/html,x");
  assert.equal(linkAddress("  "), "");
});

test("one button of the toolbar is reached by Tab, arrows go to the next and round", () => {
  page.document.body.innerHTML = `<form><div id="toolbar"><button data-format="bold"></button>
    <button data-format="italic" disabled></button><button id="plain-mode"></button></div></form>`;
  const squire = { addEventListener: () => {}, hasFormat: () => false };
  const toolbar = new Toolbar(page.document.querySelector("form"), squire, () => {});
  const [bold, , plain] = page.document.querySelectorAll("button");
  const press = (key) => toolbar.bar.dispatchEvent(new page.KeyboardEvent("keydown", { key }));
  bold.focus();
  press("ArrowRight");
  assert.equal(page.document.activeElement, plain);
  press("ArrowRight");
  assert.equal(page.document.activeElement, bold);
  toolbar.show(true);
  assert.deepEqual([bold.tabIndex, bold.disabled, plain.tabIndex], [-1, true, 0]);
});
