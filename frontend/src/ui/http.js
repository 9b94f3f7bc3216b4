// Asking the server: pieces of the page, and acts. A refusal comes back as a sentence.
import { find, findAll } from "./dom.js";

export class Refused extends Error {}

export function csrf() {
  return find('meta[name="csrf"]')?.content ?? "";
}

/** @param {Response} answer */
async function answered(answer) {
  if (answer.status === 401 || (answer.redirected && new URL(answer.url).pathname === "/alogin")) {
    location.assign(`/alogin?next=${encodeURIComponent(location.pathname + location.search)}`);
    throw new Refused("Votre session est terminée : identifiez-vous de nouveau.");
  }
  if (answer.ok || answer.status === 304) return answer;
  throw new Refused(await sentence(answer));
}

// The errors middleware answers a notice; we only want its words.
/** @param {Response} answer */
async function sentence(answer) {
  const type = answer.headers.get("Content-Type") ?? "";
  if (type.includes("html")) {
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    const words = parsed.querySelector(".notice span")?.textContent?.trim();
    if (words) return words;
  }
  return "La messagerie n’a pas pu le faire. Réessayez dans un instant.";
}

const PATIENCE = 2500; // milliseconds somebody waits before being told that an answer is slow to come
let late = 0;
/** @type {HTMLElement | null} */
let lateNotice = null;

// Whoever waits is told so, once for all that is slow, until the answer is there.
/** @param {Promise<Response>} asked */
function watched(asked) {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    late += 1;
    lateNotice ??= tell("La messagerie tarde à répondre…", "dark", 0);
  }, PATIENCE);
  return asked.finally(() => {
    clearTimeout(timer);
    if (!isLate) return;
    late -= 1;
    if (late) return;
    lateNotice?.remove();
    lateNotice = null;
  });
}

/**
 * @param {string | URL} url
 * @param {RequestInit & {headers: Record<string, string>}} options
 */
async function ask(url, options) {
  let answer;
  const asked = fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(20000), ...options });
  try {
    answer = await (options.headers["X-By-Itself"] ? asked : watched(asked));
  } catch {
    throw new Refused("Le réseau ne répond pas. Vérifiez votre connexion puis réessayez.");
  }
  return answered(answer);
}

/**
 * A piece of a page, as HTML or JSON. Raises Refused.
 * @param {string | URL} url
 * @param {Record<string, string>} [headers]
 */
export function fetchFragment(url, headers = {}) {
  return ask(url, { headers: { "HX-Request": "true", ...headers } });
}

// What the page asks by itself does not count as presence: an idle session ends in spite of it.
export const IN_BACKGROUND = { "X-By-Itself": "1" };

/**
 * A whole page. Raises Refused.
 * @param {string | URL} url
 */
export function page(url) {
  return ask(url, { headers: { Accept: "text/html" } });
}

/**
 * Post fields. Raises Refused.
 * @param {string | URL} url
 * @param {Fields} fields
 * @param {Record<string, string>} [headers]
 */
export function send(url, fields, headers = {}) {
  const body = new URLSearchParams(/** @type {URLSearchParams} */ (fields));
  return ask(url, {
    method: "POST",
    body,
    headers: { "HX-Request": "true", "X-CSRFToken": csrf(), ...headers },
  });
}

/**
 * @param {string} words
 * @param {string} [kind] of notice
 * @param {number} [seconds] it stays; 0: until it is closed
 */
export function tell(words, kind = "dark", seconds = 6) {
  return window.vaguemestre?.notify(words, kind, seconds) ?? null;
}

/** @param {unknown} error whatever is not a refusal goes on */
export function tellRefusal(error) {
  if (!(error instanceof Refused)) throw error;
  for (const notice of findAll("#notices > .danger")) {
    if (notice.textContent === error.message) notice.remove(); // said once, at its latest
  }
  tell(error.message, "danger", 8);
}
