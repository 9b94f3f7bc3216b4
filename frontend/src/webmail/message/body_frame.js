// From one message to the next the frame of the text stays, and what is around it changes once the text has come: in
// a frame made anew the text would be drawn later, with nothing to see meanwhile.
import { pause } from "../../ui/pause.js";
import { create, find, paneChanges } from "../../ui/dom.js";
import { FrameHeight } from "./frame_height.js";
const PATIENCE = 150; // milliseconds the text may keep its header waiting

export class BodyFrame {
  /** @param {HTMLElement} place */
  constructor(place) {
    /** @type {ComingText | null} */
    this.coming = null;
    this.place = place;
    this.height = new FrameHeight(place, () => Boolean(this.coming));
    place.addEventListener("load", (event) => this.#came(/** @type {Element} */ (event.target)), true);
    place.addEventListener("scroll", () => {
      this.isScrolled = place.scrollTop > 0;
    });
    // Come back to, a page may be given the text that another of its messages had in the frame.
    const [way] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
    if (way?.type === "back_forward") window.addEventListener("load", () => this.again());
  }

  // Nothing is open: an empty frame waits for the first text, drawn but not to be seen.
  wait() {
    const { content } = find("template#nothing");
    if (!this.#frame) this.place.append(content.querySelector(".ready").cloneNode(true));
  }

  // The text asked for in the frame that is there, unless another is on its way: whose it is could not be told.
  /** @param {string} address */
  ask(address) {
    const { frame } = this;
    /** @type {HTMLIFrameElement | null} */
    this.frame = null;
    if (!frame?.isConnected) return;
    /** @type {ComingText} */
    const coming = { frame, address, before: addressOf(frame) };
    coming.came = new Promise((done) => {
      coming.done = done;
    });
    /** @type {ComingText | null} */
    this.coming = coming;
    frame.style.visibility = "";
    frame.style.height = "";
    frame.classList.remove("measured");
    frame.sandbox.remove("allow-scripts"); // of a text that told its height
    frame.dataset.address = address; // given as `src`, it would be one more step back in the history
    frame.contentWindow?.location.replace(address);
  }

  // Back or forward: browsers put the text of that step in the frame, maybe long before its header is here.
  leave() {
    const frame = this.#frame;
    if (!frame) return;
    this.frame = null;
    this.coming ??= { before: addressOf(frame) };
    frame.style.visibility = "hidden";
  }

  // Says whether the message was still meant once it could be shown.
  /**
   * @param {string} html
   * @param {() => boolean} isMeant
   */
  async show(html, isMeant) {
    const { content } = Object.assign(create("template"), { innerHTML: html });
    const next = content.querySelector("iframe.body");
    const address = next?.getAttribute("src");
    if (!isMeant()) return false; // before the text is asked for: the frame is another message's by now
    if (next && !this.coming) this.ask(address);
    const { coming, place } = this;
    const kept = coming?.address === address && coming?.frame;
    const isThere = kept && (await Promise.race([coming?.came, pause(PATIENCE)]));
    if (!isMeant()) return false;
    paneChanges();
    this.coming = null;
    if (kept && kept.isConnected) {
      if (!isThere) kept.style.visibility = "hidden"; // the text before is not this message's
      graft(place, content, kept, next);
      this.height.forget(kept);
    } else place.replaceChildren(content);
    if (this.isScrolled) place.scrollTop = 0;
    this.height.scheduleMeasure();
    return true;
  }

  // The whole pane changes: no text on its way is waited for any more.
  drop() {
    this.coming = null;
  }

  // Nothing came of it: the text that was there is asked for again.
  takeBack() {
    if (this.coming?.before) this.again({ from: this.coming.before });
    this.coming = null;
  }

  // The text asked for anew, changed or not, in another frame: it begins to show before it is whole.
  /**
   * @param {{from?: string, change?: (query: URLSearchParams) => void}} options
   * @returns {HTMLIFrameElement | null} the other frame
   */
  again({ from, change = () => {} } = {}) {
    const frame = this.#frame;
    if (!frame || !addressOf(frame)) return null; // none, or the empty one that waits
    const address = new URL(from ?? addressOf(frame), location.href);
    change(address.searchParams);
    const other = /** @type {HTMLIFrameElement} */ (frame.cloneNode());
    delete other.dataset.address;
    other.removeAttribute("srcdoc"); // an empty frame that waited
    other.style.visibility = "";
    other.classList.remove("measured", "fitted", "kept");
    other.style.height = "";
    delete other.dataset.fitted;
    other.sandbox.toggle("allow-scripts", address.searchParams.has("hauteur"));
    other.src = address.href;
    frame.replaceWith(other);
    return other;
  }

  /** @returns {HTMLIFrameElement | null} */
  get #frame() {
    return this.place.querySelector("iframe.body");
  }

  /** @param {Element} frame */
  #came(frame) {
    if (!isBody(frame)) return;
    this.frame = frame;
    this.height.scheduleMeasure();
    if (this.coming) this.coming.done?.(true);
    else frame.style.visibility = ""; // later than its header
  }
}

/**
 * @param {Element} frame
 * @returns {frame is HTMLIFrameElement}
 */
function isBody(frame) {
  return frame.matches("iframe.body");
}

/** @param {HTMLIFrameElement} frame */
function addressOf(frame) {
  return frame.dataset.address ?? frame.src;
}

// `old` gets what `fresh` holds, around a frame that stays where it is: moved, it would load its text again.
/**
 * @param {Element} old
 * @param {ParentNode & Node} fresh
 * @param {Element} kept
 * @param {Element} next
 */
function graft(old, fresh, kept, next) {
  const holder = /** @type {Element} */ ([...old.children].find((child) => child.contains(kept)));
  const like = /** @type {Element} */ ([...fresh.children].find((child) => child.contains(next)));
  while (old.firstChild !== holder) old.firstChild?.remove();
  while (old.lastChild !== holder) old.lastChild?.remove();
  const parts = [...fresh.childNodes];
  const place = parts.indexOf(like);
  holder.before(...parts.slice(0, place));
  holder.after(...parts.slice(place + 1));
  if (holder === kept) return;
  for (const name of holder.getAttributeNames()) if (!like.hasAttribute(name)) holder.removeAttribute(name);
  for (const { name, value } of like.attributes) holder.setAttribute(name, value);
  graft(holder, like, kept, next);
}
