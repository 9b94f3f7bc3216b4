import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Window } from "happy-dom";
import { QuietHours } from "../src/compose/departure/quiet_hours.js";

const LATER = { until: "2026-09-07T08:00", words: "lundi à 8 h" };
let page, form, sent, answers;

beforeEach(() => {
  page = new Window();
  page.document.body.innerHTML = '<form></form><p id="quiet" data-address="/calme/" hidden></p>';
  page.vaguemestre = { icon: (name) => page.document.createElement(`icon-${name}`) };
  globalThis.window = page;
  globalThis.document = page.document;
  form = page.document.querySelector("form");
  sent = [];
  answers = [LATER];
  mock.timers.enable({ apis: ["setInterval"] });
});
afterEach(async () => {
  mock.timers.reset();
  await page.happyDOM.close();
});

async function quietHours() {
  const server = {
    async ask(address, { headers }) {
      assert.equal(address, "/calme/");
      assert.equal(headers["X-By-Itself"], "1"); // no presence: a session left alone ends
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const quiet = new QuietHours(form, server, (how) => sent.push(how));
  await settled();
  return quiet;
}

const strip = () => page.document.querySelector("#quiet");
const buttons = () => [...strip().querySelectorAll("button")].map((button) => button.textContent);

async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test("within working time nothing is proposed", async () => {
  answers = [{ until: "" }];
  await quietHours();
  assert.equal(strip().hidden, true);
});

test("outside working time the morning is proposed, and sends", async () => {
  await quietHours();
  assert.equal(strip().hidden, false);
  assert.deepEqual(buttons(), ["Envoyer lundi à 8 h"]);
  strip().querySelector("button").click();
  assert.deepEqual(sent, [{ later: LATER.until, sure: undefined }]);
});

test("an académie that wants a choice gets one, with what was answered already", async () => {
  const quiet = await quietHours();
  const sure = new Set(["forgotten"]);
  await quiet.insist("Choisissez quand envoyer.", sure);
  assert.match(strip().textContent, /Choisissez quand envoyer\./);
  assert.deepEqual(buttons(), ["Envoyer lundi à 8 h", "Envoyer maintenant"]);
  assert.equal(page.document.activeElement.textContent, "Envoyer maintenant");
  for (const button of strip().querySelectorAll("button")) button.click();
  assert.deepEqual(sent, [
    { later: LATER.until, sure },
    { now: true, sure },
  ]);
});

test("it is asked again while one writes, and goes with the hour", async () => {
  answers = [LATER, { until: "" }];
  await quietHours();
  mock.timers.tick(300_000);
  await settled();
  assert.equal(strip().hidden, true);
});

test("a message that has left asks no more", async () => {
  answers = [LATER, { until: "" }];
  await quietHours();
  form.hidden = true;
  mock.timers.tick(300_000);
  await settled();
  assert.equal(strip().hidden, false);
});

test("without an answer nothing is proposed", async () => {
  answers = [new Error("away")];
  await quietHours();
  assert.equal(strip().hidden, true);
});
