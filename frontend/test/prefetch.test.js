import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Prefetch } from "../src/webmail/message/prefetch.js";

const URL_OF_MESSAGE = "https://mail.test/messagerie/INBOX/1/7/";
let asked = [];
let now = 0;

beforeEach(() => {
  asked = [];
  now = 0;
  globalThis.window = { requestIdleCallback() {} };
  mock.method(performance, "now", () => now);
  mock.method(globalThis, "fetch", async (url) => {
    asked.push(url);
    return new Response(`text of ${url}, time ${asked.length}`);
  });
});

test("what was asked for at the press is what opens", async () => {
  const prefetch = new Prefetch({});
  prefetch.ask(URL_OF_MESSAGE);
  now = 200;
  assert.equal(await prefetch.take(URL_OF_MESSAGE), `text of ${URL_OF_MESSAGE}, time 1`);
  assert.deepEqual(asked, [URL_OF_MESSAGE]);
});

test("an answer serves once", async () => {
  const prefetch = new Prefetch({});
  prefetch.ask(URL_OF_MESSAGE);
  await prefetch.take(URL_OF_MESSAGE);
  assert.match(await prefetch.take(URL_OF_MESSAGE), /time 2$/);
});

test("pressed for too long, the answer is too old", async () => {
  const prefetch = new Prefetch({});
  prefetch.ask(URL_OF_MESSAGE);
  now = 1001;
  assert.match(await prefetch.take(URL_OF_MESSAGE), /time 2$/);
});

test("another message than the one pressed is asked for itself", async () => {
  const prefetch = new Prefetch({});
  prefetch.ask(URL_OF_MESSAGE);
  const other = URL_OF_MESSAGE.replace("/7/", "/8/");
  assert.equal(await prefetch.take(other), `text of ${other}, time 2`);
});

test("a refusal is told to whoever opens the message, and to nobody before", async () => {
  mock.method(globalThis, "fetch", async () => {
    throw new TypeError("no network");
  });
  const prefetch = new Prefetch({});
  prefetch.ask(URL_OF_MESSAGE);
  await new Promise((resolve) => {
    setImmediate(resolve); // a refusal nobody handles would end the test here
  });
  await assert.rejects(prefetch.take(URL_OF_MESSAGE), /réseau/);
});
