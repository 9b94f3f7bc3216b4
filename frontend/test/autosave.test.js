import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Autosave } from "../src/compose/autosave.js";
import { Away, Refused, SignedOut } from "../src/compose/server.js";

let posts, states, answer, text, store;

function storage() {
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
    values,
  };
}

function autosave(more = {}) {
  const server = {
    key: "k1",
    address: (path) => `/k1/${path}`,
    async post(path, fields) {
      posts.push([path, fields]);
      return answer(path, fields);
    },
  };
  const form = { dataset: { revision: "3", person: "17", ...more } };
  return new Autosave(form, server, {
    read: () => ({ text }),
    isUntouched: () => text === "",
    onState: (...state) => states.push(state),
    onFork: (draft) => states.push(["forked", draft.key]),
  });
}

beforeEach(() => {
  posts = [];
  states = [];
  text = "";
  let revision = 3;
  answer = () => ({ revision: (revision += 1) });
  store = storage();
  globalThis.localStorage = store;
  globalThis.sessionStorage = storage();
  globalThis.window = { addEventListener() {} };
  globalThis.document = { addEventListener() {}, hidden: false };
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
});
afterEach(() => mock.timers.reset());

async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test("nothing is saved of what was only opened", async () => {
  const saving = autosave();
  saving.noteChange();
  mock.timers.tick(10_000);
  await settled();
  assert.deepEqual(posts, []);
  assert.equal(saving.storedText(), null);
});

test("a text is on this computer at once, on the server after a pause", async () => {
  const saving = autosave();
  text = "Bonjour";
  saving.noteChange();
  assert.deepEqual(saving.storedText().fields, { text: "Bonjour" });
  mock.timers.tick(1499);
  await settled();
  assert.equal(posts.length, 0);
  mock.timers.tick(1);
  await settled();
  assert.deepEqual(posts, [["brouillon/", { text: "Bonjour", revision: 3 }]]);
  assert.equal(saving.storedText(), null);
  assert.equal(saving.revision, 4);
});

test("somebody who never stops typing is saved all the same", async () => {
  const saving = autosave();
  for (let tick = 0; tick < 10; tick += 1) {
    text += "a";
    saving.noteChange();
    mock.timers.tick(500);
    await settled();
  }
  assert.equal(posts.length, 1); // 4.5 s after the first letter
});

test("without a network the text stays here, and goes later", async () => {
  const saving = autosave();
  const accepted = answer;
  answer = () => {
    throw new Away();
  };
  text = "Bonjour";
  saving.noteChange();
  mock.timers.tick(1500);
  await settled();
  assert.deepEqual(states.at(-1), ["away"]);
  assert.deepEqual(saving.storedText().fields, { text: "Bonjour" });
  answer = accepted;
  mock.timers.tick(3000);
  await settled();
  assert.equal(posts.length, 2);
  assert.equal(states.at(-1)[0], "saved");
});

test("a session that ended is told apart", async () => {
  const saving = autosave();
  answer = () => {
    throw new SignedOut();
  };
  text = "Bonjour";
  saving.noteChange();
  await saving.save();
  assert.deepEqual(states.at(-1), ["signed-out"]);
});

test("changed in another window, the text goes on as a second draft", async () => {
  const saving = autosave();
  answer = (path) => {
    if (path === "dedoubler/") return { key: "k2" };
    throw new Refused({ code: "compose.changed-elsewhere" }, 409);
  };
  text = "Bonjour";
  saving.noteChange();
  await saving.save();
  assert.deepEqual(states.at(-1), ["forked", "k2"]);
  assert.equal(saving.revision, 0);
  assert.deepEqual([...store.values.keys()], ["vm:compose:17:k2"]);
});

test("on a shared computer the text leaves with the window", () => {
  const saving = autosave({ shared: "1" });
  text = "Bonjour";
  saving.noteChange();
  assert.equal(store.values.size, 0);
  assert.equal(sessionStorage.values.size, 1);
});
