import assert from "node:assert/strict";
import { test } from "node:test";
import { countSentence, updateTitle } from "../src/webmail/page/page_title.js";

test("a folder says how many are unread, and nothing when none is", () => {
  assert.equal(countSentence(1, 40, ""), "1 non lu");
  assert.equal(countSentence(12, 40, ""), "12 non lus");
  assert.equal(countSentence(0, 40, ""), "");
});

test("a search says how many it found, none included", () => {
  assert.equal(countSentence(3, 2, "réunion"), "2 trouvés");
  assert.equal(countSentence(3, 0, "réunion"), "0 trouvé");
});

test("the title names what is open, the count of the inbox before it", () => {
  const counted = [];
  const app = {
    list: { unread: NaN },
    section: { hasAttribute: () => false },
    folders: { querySelector: () => ({ firstChild: { textContent: " 1 204 " } }) },
    reader: { querySelector: () => ({ textContent: "Conseil de classe" }) },
    notifications: { count: (unread) => counted.push(unread) },
    readTitle: "Boîte de réception – Vaguemestre",
  };
  globalThis.document = {};
  updateTitle(app);
  assert.equal(globalThis.document.title, "(1 204) Conseil de classe – Vaguemestre");
  assert.deepEqual(counted, [1204]);
  app.folders.querySelector = () => null;
  app.reader.querySelector = () => null;
  updateTitle(app);
  assert.equal(globalThis.document.title, "Boîte de réception – Vaguemestre");
  assert.deepEqual(counted, [1204, 0]);
});
