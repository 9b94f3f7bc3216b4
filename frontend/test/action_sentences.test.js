import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bulkSentence,
  deletedSentence,
  doneSentence,
  goneSentence,
} from "../src/webmail/actions/action_sentences.js";

test("one message, several messages", () => {
  assert.equal(doneSentence("archive", 1), "Courriel archivé.");
  assert.equal(doneSentence("archive", 2), "2 courriels archivés.");
  assert.equal(doneSentence("mute", 1), "Conversation mise en sourdine.");
  assert.equal(deletedSentence(1), "Courriel supprimé.");
  assert.equal(deletedSentence(1200), "1\u202f200 courriels supprimés.");
  assert.match(goneSentence(1), /^Ce courriel n’était/);
  assert.match(goneSentence(2), /^Ces courriels n’étaient/);
});

test("nothing is said of an act that shows by itself", () => {
  assert.equal(doneSentence("flag", 3), "");
});

test("an act on a whole folder is told in its grammar", () => {
  const bulk = { act: "read", state: "running", done: 0, total: 300 };
  assert.equal(bulkSentence(bulk), "0 courriel marqué comme lu sur 300…");
  assert.equal(bulkSentence({ ...bulk, done: 2 }), "2 courriels marqués comme lus sur 300…");
  assert.equal(
    bulkSentence({ ...bulk, act: "unflag", state: "done", done: 1 }),
    "1 courriel qui n’a plus d’étoile.",
  );
  const stopped = { ...bulk, state: "failed", done: 1, reason: "Plus de place." };
  assert.equal(bulkSentence(stopped), "Arrêté après 1 courriel sur 300. Plus de place.");
  assert.equal(bulkSentence({ ...bulk, state: "undone" }), "Annulé.");
});

test("what cannot be taken back says how long it still can", () => {
  const bulk = { act: "delete", state: "running", done: 0, total: 1, final: true, wait: 9 };
  assert.equal(bulkSentence(bulk), "1 courriel sera supprimé dans 9 s.");
  assert.equal(bulkSentence({ ...bulk, total: 2 }), "2 courriels seront supprimés dans 9 s.");
  assert.equal(bulkSentence({ ...bulk, done: 2, total: 2, state: "done" }), "2 courriels supprimés.");
});

test("no sentence leaves its plural to the reader", () => {
  for (const act of [
    "archive",
    "junk",
    "label",
    "unlabel",
    "put-off",
    "put-back",
    "move",
    "flag",
    "unread",
  ]) {
    for (const done of [0, 1, 2])
      assert.ok(!bulkSentence({ act, state: "done", done, total: 2 }).includes("("));
  }
});
