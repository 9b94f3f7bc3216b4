// A browser that crashed, a network that went: what was kept here and never reached the server is sent now, and said.
import { post } from "./server.js";

const PREFIX = "vm:compose:";
const OF_BOX = /^\/boites\/\d+/;
const CLOSED = new Set(["sharing.access-ended", "sharing.right-missing"]); // no more writing in that mailbox

/**
 * @param {string} home address of the composers of this page
 * @param {string} person whose drafts these may be
 * @param {(key: string, url: string) => void} resume
 */
export async function sendLostDrafts(home, person, resume) {
  for (const place of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
    const draft = parsePlace(place, home);
    if (draft.person !== person) continue;
    const url = `${draft.home}${draft.key}/`;
    const lost = textKept(place);
    const answer = lost?.fields
      ? await post(`${url}brouillon/`, { ...lost.fields, revision: lost.revision })
      : { gone: true };
    if (answer?.revision || answer?.gone || answer?.code === "compose.already-sent")
      localStorage.removeItem(place);
    if (CLOSED.has(answer?.code)) await moveHome(place, lost.fields, home, resume);
    if (answer?.new || answer?.code === "compose.changed-elsewhere") offer(() => resume(draft.key, url));
  }
}

/**
 * What was being written in a mailbox that closed meanwhile goes on as a draft of one's own.
 * @param {string} place
 * @param {Record<string, string>} fields
 * @param {string} here address of the composers of this page
 * @param {(key: string, url: string) => void} resume
 */
async function moveHome(place, fields, here, resume) {
  const started = await post(here.replace(OF_BOX, ""), { mode: "new" });
  if (!started?.key) return;
  /** @type {Record<string, string>} */
  const text = { ...fields, identity: "0", revision: "0" };
  delete text.untouched; // it would remove the draft
  const saved = await post(`${started.url}brouillon/`, text);
  if (!saved?.revision) return;
  localStorage.removeItem(place);
  offer(() => resume(started.key, started.url));
}

/**
 * `vm:compose:17:key` in one's own mailbox, `vm:compose:17.3:key` in the mailbox of several people number 3.
 * @param {string} place
 * @param {string} here address of the composers of this page
 */
export function parsePlace(place, here) {
  const [owner, key] = place.slice(PREFIX.length).split(":");
  const [person, box] = owner.split(".");
  const own = here.replace(OF_BOX, "");
  return { person, key, home: box ? `/boites/${box}${own}` : own };
}

/** @param {string} place */
function textKept(place) {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "null");
  } catch {
    return null;
  }
}

/** @param {() => void} resume */
function offer(resume) {
  const notice = window.vaguemestre.notify("Un courriel non enregistré a été retrouvé.", "warn", 0);
  if (!notice) return;
  notice.dataset.stays = "";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn line";
  button.textContent = "Le reprendre";
  button.addEventListener("click", () => {
    notice.remove();
    resume();
  });
  notice.append(button);
  window.dispatchEvent(new CustomEvent("vm:mail-changed", { detail: { folders: ["drafts"] } }));
}
