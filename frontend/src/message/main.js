// The open message: cards fetched once it shows, buttons that post, files looked at, reports.
import { addressIn, bareRef, boxOf } from "../webmail/boxes.js";
import { find, isPlainClick, paneChanges } from "../ui/dom.js";
import { openPreview } from "./preview.js";
import { pause } from "../ui/pause.js";
import { fetchFragment, send, tell, tellRefusal } from "../ui/http.js";

const PAUSE = 3000; // milliseconds
const filled = new WeakSet();

/**
 * What is told of a part; while the reader is busy, the place says so and asks again.
 * @param {HTMLElement} place
 */
async function cardOf(place) {
  let answer = await fetchFragment(place.dataset.fill);
  while (answer.status === 202 && place.isConnected) {
    place.innerHTML = await answer.text();
    await pause(PAUSE);
    answer = await fetchFragment(place.dataset.fill, { "X-By-Itself": "1" });
  }
  return answer.text();
}

/** @param {HTMLElement} place */
async function fill(place) {
  filled.add(place);
  try {
    const told = await cardOf(place);
    const focused = document.activeElement;
    const held = place.contains(focused) && focused?.getAttribute("data-fields");
    if (told.trim()) place.innerHTML = told;
    else place.remove(); // nothing to say of it
    if (held) place.querySelector(`[data-fields="${CSS.escape(held)}"]`)?.focus();
  } catch (error) {
    place.remove(); // the file itself is offered below
    tellRefusal(error);
  }
}

/** @param {HTMLElement} root */
function fillAll(root) {
  for (const place of root.querySelectorAll("[data-fill]")) if (!filled.has(place)) fill(place);
}

/** @param {HTMLElement} button */
async function post(button) {
  if (button.hasAttribute("aria-disabled")) return;
  const dialog = button.closest("dialog");
  button.setAttribute("aria-disabled", "true"); // disabled, it would lose the keyboard
  try {
    const answer = await send(button.dataset.post, new URLSearchParams(button.dataset.fields ?? ""));
    const { told } = await answer.json();
    dialog?.close();
    if (told && !button.dataset.report) tell(told, "dark", 6); // of a report, its move says all
    afterwards(button);
  } catch (error) {
    button.removeAttribute("aria-disabled");
    dialog?.close(); // what is told would stand dimmed behind it, out of reach
    tellRefusal(error);
  }
}

/** @param {HTMLElement} button */
function afterwards(button) {
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
      openPreview(look);
      return;
    }
    const button = event.target.closest("[data-post]");
    if (button) post(button);
    const good = event.target.closest('.message [data-do="not-junk"]');
    if (good) send(new URL("signaler/", base(good)), new URLSearchParams({ kind: "bon" })).catch(tellRefusal);
  },
  { capture: true },
);

/** @param {Element} element */
function base(element) {
  const { ref } = element.closest(".message").dataset;
  const home = addressIn(boxOf(ref), find("mail-app").dataset.home);
  return new URL(`${home}${bareRef(ref)}/`, location.href);
}

const lecture = find("#reader");
if (lecture) {
  fillAll(lecture);
  new MutationObserver(() => fillAll(lecture)).observe(lecture, { childList: true, subtree: true });
}
