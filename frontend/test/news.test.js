import assert from "node:assert/strict";
import { test } from "node:test";
import { refIn } from "../src/webmail/boxes.js";
import { isOfList } from "../src/webmail/news.js";

test("a change elsewhere leaves the list alone, unless it shows several folders or a message is back from sleep", () => {
  const inbox = { folder: "INBOX", use: "inbox" };
  assert.equal(isOfList(inbox, "INBOX", "new"), true);
  assert.equal(isOfList(inbox, "Classe", "new"), false);
  assert.equal(isOfList(inbox, "Classe", "woken"), true);
  assert.equal(isOfList({ folder: "", use: "all" }, "Classe", "new"), true);
  assert.equal(isOfList({ folder: "", use: "boxes" }, "Classe", "new"), true);
});

test("an element says which message it is of, or none", () => {
  assert.deepEqual(refIn({ folder: "INBOX", uidValidity: "7", uid: "42", ofBox: "3" }), {
    folder: "INBOX",
    uidValidity: 7,
    uid: 42,
    box: "3",
  });
  assert.equal(refIn({}), undefined);
  assert.equal(refIn(undefined), undefined);
});
