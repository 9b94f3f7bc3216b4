import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Window } from "happy-dom";

const page = new Window({ url: "https://mail.test/messagerie/" });
const SHARED = ["document", "location", "HTMLElement", "customElements", "MutationObserver", "localStorage"];
for (const name of SHARED) globalThis[name] = page[name];
globalThis.window = page;
page.document.body.innerHTML = `<details class="account"><summary>Zoé</summary>
  <div data-fetch="/accueil/place"></div></details>`;
await import("../src/ui/main.js");
after(() => page.happyDOM.close());

const account = page.document.querySelector(".account");

async function open(response) {
  globalThis.fetch = async () => response;
  for (const isOpen of [false, true]) {
    account.open = isOpen;
    account.dispatchEvent(new page.Event("toggle"));
  }
  await new Promise((resolve) => setImmediate(resolve));
  return account.querySelector("div").textContent;
}

test("a page of error or of sign-in does not enter the account menu, which asks again when opened again", async () => {
  assert.equal(await open(new Response("Une erreur est survenue.", { status: 500 })), "");
  const signIn = new Response("Identifiez-vous.");
  Object.defineProperty(signIn, "redirected", { value: true });
  assert.equal(await open(signIn), "");
  assert.equal(await open(new Response("12 Mo sur 1 Go")), "12 Mo sur 1 Go");
  assert.equal(await open(new Response("13 Mo sur 1 Go")), "12 Mo sur 1 Go", "asked for once");
});
