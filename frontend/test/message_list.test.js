import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Window } from "happy-dom";

globalThis.window = new Window(); // what the list listens to is there once it is loaded
const { MessageList } = await import("../src/webmail/list/message_list.js");

const row = (ref, others = "") =>
  `<li class="row" data-ref="${ref}" ${others && `data-others="${others}"`}><label class="pick"><input
  type="checkbox"></label><a class="open" href="/m/${ref}/">${ref}</a></li>`;

let page, answers, asked;

beforeEach(() => {
  page = new Window({ url: "https://mail.test/messagerie/" });
  globalThis.window = page;
  globalThis.document = page.document;
  globalThis.CSS = { escape: (text) => text };
  globalThis.CustomEvent = page.CustomEvent;
  globalThis.IntersectionObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  answers = [];
  asked = [];
  globalThis.fetch = (url, { headers }) => {
    asked.push({ url, headers });
    return new Promise((resolve) => {
      answers.push((html, more) => resolve(new Response(html, { headers: { "X-Total": "3", ...more } })));
    });
  };
});

afterEach(() => page.happyDOM.close());

function list(...rows) {
  globalThis.document.body.innerHTML = `<section id="messages" data-folder="INBOX" data-query=""><div class="rows" data-size="50"
    data-total="${rows.length}" data-rows="/lignes/"><ol class="chunk" data-offset="0">${rows.join("")}</ol></div></section>`;
  return new MessageList(globalThis.document.querySelector("#messages"));
}

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

test("rows asked for again while on their way are asked for once more, and once only", async () => {
  const messages = list(row("a"));
  const { chunks } = messages;
  const [chunk] = chunks.all;
  const loading = chunks.load(chunk, true);
  chunks.load(chunk, true);
  chunks.load(chunk, true);
  assert.equal(asked.length, 1);
  answers[0](row("a"));
  await settled();
  assert.equal(asked.length, 2);
  answers[1](row("b"));
  await loading;
  assert.deepEqual(
    messages.rows.map(({ dataset }) => dataset.ref),
    ["b"],
  );
  assert.equal(asked.length, 2);
});

test("what was taken away here does not come back with rows written before", async () => {
  const messages = list(row("a"), row("b"));
  messages.take(["a"]);
  const loading = messages.chunks.load(messages.chunks.all[0], true);
  answers[0](row("a") + row("b"));
  await loading;
  assert.equal(messages.row("a"), null);
  messages.settle(["a"]);
  const again = messages.chunks.load(messages.chunks.all[0], true);
  answers[1](row("a") + row("b"));
  await again;
  assert.notEqual(messages.row("a"), null);
});

test("a row that says the same stays the very same node", async () => {
  const messages = list(row("a"), row("b"));
  const before = messages.row("a");
  const loading = messages.chunks.load(messages.chunks.all[0], true);
  answers[0](row("a") + row("c"));
  await loading;
  assert.equal(messages.row("a"), before);
  assert.equal(messages.row("b"), null);
});

test("the row of a conversation stands for all its messages", () => {
  const messages = list(row("a", "x y"), row("b"));
  assert.deepEqual(messages.conversationRefs(["a", "b"]), ["a", "x", "y", "b"]);
  messages.markOpen("y");
  assert.equal(messages.openRef, "a");
});

test("a message of the open conversation without a row leaves its row marked", () => {
  const messages = list(row("a"), row("b"));
  messages.markOpen("a");
  messages.markOpen("z", ["z", "a"]);
  assert.equal(messages.openRow.dataset.ref, "a");
  messages.markOpen("z", []);
  assert.equal(messages.openRow, null);
});

test("to leave one unselected ends the selection of the whole list", () => {
  const messages = list(row("a"), row("b"));
  messages.selectShown();
  messages.whole = true;
  messages.select(messages.row("a"), false);
  assert.equal(messages.whole, false);
  assert.deepEqual([...messages.selected], ["b"]);
});

test("a folder of 120 messages is three chunks, and two once some are gone for good", async () => {
  const messages = list(row("a"));
  const { chunks } = messages;
  const more = chunks.load(chunks.all[0], true);
  answers[0](row("a"), { "X-Total": "120" });
  await more;
  assert.deepEqual(
    chunks.all.map(({ dataset }) => dataset.offset),
    ["0", "50", "100"],
  );
  const less = chunks.load(chunks.all[0], true);
  answers[1](row("a"), { "X-Total": "100" });
  await less;
  assert.equal(chunks.all.length, 2);
});

test("a list starts without having the page laid out, its chunks as tall as their rows", () => {
  const asksForLayout = () => {
    throw new Error("laid out before the first frame");
  };
  for (const name of ["offsetHeight", "offsetParent", "clientHeight", "getBoundingClientRect"])
    Object.defineProperty(globalThis.window.HTMLElement.prototype, name, { get: asksForLayout });
  const { chunks } = list(row("a"), row("b"));
  chunks.size = 1;
  chunks.adopt(chunks.section);
  assert.deepEqual(
    chunks.all.map(({ style }) => style.height),
    ["", "calc(1 * var(--row) + 0px)"],
  );
});

test("a heading is said once, and goes with its last row", async () => {
  const day = '<li class="day" data-heading="Hier">Hier</li>';
  const messages = list(day, row("a"), day, row("b"));
  const hidden = () => [...messages.box.querySelectorAll("li.day")].map((heading) => heading.hidden);
  assert.deepEqual(hidden(), [false, true]);
  messages.take(["a"]);
  assert.deepEqual(hidden(), [true, false]); // the other one still has a row
});
