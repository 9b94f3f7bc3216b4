import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf } from "../src/webmail/page/shortcuts.js";

const inList = { closest: () => ({}) };
const elsewhere = { closest: () => null };

test("letters do nothing once they are switched off; Delete and Escape still do", () => {
  assert.ok(commandOf({ key: "e", target: elsewhere }, true));
  assert.equal(commandOf({ key: "e", target: elsewhere }, false), undefined);
  assert.ok(commandOf({ key: "Delete", target: elsewhere }, false));
  assert.ok(commandOf({ key: "Escape", target: elsewhere }, false));
});

test("arrows belong to the list only where the focus is in it", () => {
  for (const key of ["ArrowDown", "ArrowUp", "Home"]) {
    assert.ok(commandOf({ key, target: inList }, false));
    assert.equal(commandOf({ key, target: elsewhere }, true), undefined);
  }
});

test("a key without a command is left to the browser", () => {
  for (const key of ["q", "Tab", "PageDown"])
    assert.equal(commandOf({ key, target: inList }, true), undefined);
});

test("an answer is taken only where there is a message to answer", () => {
  const reply = commandOf({ key: "r", target: elsewhere }, true);
  const asked = [];
  const app = { navigation: { awaitedRef: "" }, openMessage: null, compose: (...what) => asked.push(what) };
  assert.equal(reply(app), false);
  app.openMessage = { name: "open message" };
  assert.notEqual(reply(app), false);
  assert.deepEqual(asked, [["reply", app.openMessage]]);
});

test("junk is reported with a question, and taken back from the junk folder without one", () => {
  const report = commandOf({ key: "!", target: elsewhere }, true);
  const done = [];
  const dialog = { showModal: () => done.push("asked") };
  globalThis.document = { querySelector: () => dialog, activeElement: null };
  const app = {
    section: { dataset: { use: "inbox" } },
    list: { selected: new Set() },
    meant: ["INBOX/1/7"],
    doOnSelection: (act, refs) => done.push([act, refs]),
  };
  report(app);
  app.section.dataset.use = "junk";
  report(app);
  app.section.dataset.use = "inbox";
  app.list.selected.add("INBOX/1/8");
  report(app);
  assert.deepEqual(done, ["asked", ["not-junk", ["INBOX/1/7"]], ["junk", ["INBOX/1/7"]]]);
});
