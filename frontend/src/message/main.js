// The open message: cards fetched once it shows, buttons that post, files looked at, reports.
import { addressIn, bareRef, boxOf } from "../webmail/boxes.js";
import { find, isPlainClick, load, paneChanges } from "../ui/dom.js";
import { pause } from "../ui/pause.js";
import { IN_BACKGROUND, fetchFragment, send, tell, tellRefusal } from "../ui/http.js";

const PAUSE_MS = 3000;
const filled = new WeakSet();

/**
 * The card of a part; while the reader is busy, the place says so and asks again.
 * @param {HTMLElement} place
 */
async function cardOf(place) {
  let answer = await fetchFragment(place.dataset.fill);
  while (answer.status === 202 && place.isConnected) {
    place.innerHTML = await answer.text();
    await pause(PAUSE_MS);
    answer = await fetchFragment(place.dataset.fill, IN_BACKGROUND);
  }
  return answer.text();
}

/** @param {HTMLElement} place */
async function fill(place) {
  filled.add(place);
  try {
    const card = await cardOf(place);
    const focused = document.activeElement;
    const fields = place.contains(focused) && focused?.getAttribute("data-fields");
    if (card.trim()) place.innerHTML = card;
    else place.remove(); // nothing to say of it
    if (fields) place.querySelector(`[data-fields="${CSS.escape(fields)}"]`)?.focus();
  } catch (error) {
    place.remove(); // the file itself is offered below
    tellRefusal(error);
  }
}

/** @param {HTMLElement} root */
function fillAll(root) {
  for (const place of root.querySelectorAll("[data-fill]")) if (!filled.has(place)) fill(place);
  if (root.querySelector("box-care")) load("webmail/on_use/box_care.js");
}

/** @param {HTMLElement} button */
async function post(button) {
  if (button.hasAttribute("aria-disabled")) return;
  const dialog = button.closest("dialog");
  button.setAttribute("aria-disabled", "true"); // disabled, it would lose the keyboard
  try {
    const answer = await send(button.dataset.post, new URLSearchParams(button.dataset.fields ?? ""));
    const { told: words } = await answer.json();
    dialog?.close();
    if (words && !button.dataset.report) tell(words, "dark", 6); // of a report, its move says all
    showDone(button);
  } catch (error) {
    button.removeAttribute("aria-disabled");
    dialog?.close(); // a notice would stand dimmed behind it, out of reach
    tellRefusal(error);
  }
}

/** @param {HTMLElement} button whose act was done */
function showDone(button) {
  const app = find("mail-app");
  const message = button.closest(".message");
  if (button.dataset.report) {
    const line = button.closest("li[data-ref]"); // unfolded in its conversation
    app?.act(button.dataset.report, [(line ?? message).dataset.ref]);
    if (line) paneChanges();
    line?.remove();
  } else if (button.dataset.then === "refill") fill(button.closest("[data-fill]"));
  else if (button.dataset.then === "reopen") app?.visit(location.href, { push: false });
  else if (button.closest("[data-asks]")) {
    const isHeld = button.closest("[data-asks]").contains(document.activeElement);
    button.closest("[data-asks]").remove();
    if (isHeld) message.querySelector("#message-subject")?.focus({ preventScroll: true });
  }
}

document.addEventListener(
  "click",
  (event) => {
    const look = event.target.closest("[data-look]");
    if (look && isPlainClick(event)) {
      event.preventDefault();
      load("webmail/on_use/preview.js").then(({ openPreview }) => openPreview(look));
      return;
    }
    const button = event.target.closest("[data-post]");
    if (button) post(button);
    const notJunk = event.target.closest('.message [data-do="not-junk"]');
    if (notJunk) send(new URL("signaler/", addressOf(notJunk)), { kind: "bon" }).catch(tellRefusal);
  },
  { capture: true },
);

/** @param {Element} element of a message */
function addressOf(element) {
  const { ref } = element.closest(".message").dataset;
  const home = addressIn(boxOf(ref), find("mail-app").dataset.home);
  return new URL(`${home}${bareRef(ref)}/`, location.href);
}

const reader = find("#reader");
if (reader) {
  fillAll(reader);
  new MutationObserver(() => fillAll(reader)).observe(reader, { childList: true, subtree: true });
}
