import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Window } from "happy-dom";

let page, posted, answer, notices;

globalThis.window = new Window();
globalThis.matchMedia = () => ({ matches: false, addEventListener: () => {} });
globalThis.Element = globalThis.window.Element;
const { articleOf } = await import("../src/compose/dock/answer_place.js");
const { parsePlace, sendLostDrafts } = await import("../src/compose/dock/lost_drafts.js");
const { post } = await import("../src/compose/dock/server.js");

beforeEach(() => {
  page = new Window({ url: "https://mail.test/messagerie/" });
  page.vaguemestre = {
    notify: (words) => {
      const notice = page.document.createElement("div");
      notice.textContent = words;
      notices.push(notice);
      return notice;
    },
  };
  globalThis.window = page;
  globalThis.document = page.document;
  globalThis.localStorage = page.localStorage;
  globalThis.CustomEvent = page.CustomEvent;
  posted = [];
  notices = [];
  globalThis.fetch = async (address, { body }) => {
    posted.push([address, String(body)]);
    return answer;
  };
});
afterEach(() => page.happyDOM.close());

test("a draft lost in a mailbox of several people is sent to that mailbox", () => {
  assert.deepEqual(parsePlace("vm:compose:17:k1", "/boites/4/ecrire/"), {
    person: "17",
    key: "k1",
    home: "/ecrire/",
  });
  assert.equal(parsePlace("vm:compose:17.3:k1", "/ecrire/").home, "/boites/3/ecrire/");
});

test("what never reached the server is sent, offered, and no longer kept here; nobody else’s is touched", async () => {
  page.localStorage.setItem("vm:compose:17:k1", JSON.stringify({ fields: { text: "Oui" }, revision: 2 }));
  page.localStorage.setItem("vm:compose:18:k2", JSON.stringify({ fields: { text: "Non" }, revision: 1 }));
  answer = Response.json({ revision: 3, new: true });
  const resumed = [];
  await sendLostDrafts("/ecrire/", "17", (key, url) => resumed.push([key, url]));
  assert.deepEqual(posted, [["/ecrire/k1/brouillon/", "text=Oui&revision=2"]]);
  assert.deepEqual(Object.keys(page.localStorage), ["vm:compose:18:k2"]);
  notices[0].querySelector("button").click();
  assert.deepEqual(resumed, [["k1", "/ecrire/k1/"]]);
});

test("a text the server did not answer for is kept", async () => {
  page.localStorage.setItem("vm:compose:17:k1", JSON.stringify({ fields: { text: "Oui" }, revision: 2 }));
  answer = new Response("", { status: 403 });
  await sendLostDrafts("/ecrire/", "17", () => {});
  assert.equal(page.localStorage.length, 1);
  assert.equal(notices.length, 0);
});

test("a session that is over is told as such", async () => {
  answer = new Response("{}", { status: 403 });
  assert.match((await post("/ecrire/", {})).error, /session est terminée/);
  answer = Response.json({ key: "k1" });
  assert.deepEqual(await post("/ecrire/", {}), { key: "k1" });
});

test("an answer goes under the very message it answers, in the mailbox it lies in", () => {
  page.document.body.innerHTML = `<div id="reader">
    <div class="message" data-folder="INBOX" data-uid-validity="7" data-uid="42" data-of-box="3"><article id="a"></article></div>
    <div class="unfolded" data-folder="INBOX" data-uid-validity="7" data-uid="42"><article id="b"></article></div></div>`;
  const reader = page.document.querySelector("#reader");
  const ref = { folder: "INBOX", uidValidity: 7, uid: 42 };
  assert.equal(articleOf(reader, ref).id, "b");
  assert.equal(articleOf(reader, { ...ref, box: "3" }).id, "a");
  assert.equal(articleOf(reader, { ...ref, uid: 43 }), null);
});
