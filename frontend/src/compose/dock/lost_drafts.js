// A browser that crashed, a network that went: what was kept here and never reached the server is sent now, and said.
import { post } from "./server.js";

const PREFIX = "vm:compose:";

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
    if (answer?.new || answer?.code === "compose.changed-elsewhere") offer(() => resume(draft.key, url));
  }
}

/**
 * `vm:compose:17:key` in one's own mailbox, `vm:compose:17.3:key` in the mailbox of several people number 3.
 * @param {string} place
 * @param {string} here address of the composers of this page
 */
export function parsePlace(place, here) {
  const [owner, key] = place.slice(PREFIX.length).split(":");
  const [person, box] = owner.split(".");
  const own = here.replace(/^\/boites\/\d+/, "");
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
