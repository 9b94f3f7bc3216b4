// Browsers that size a frame by its text do so once, when it loads: a frame that loads another text keeps the height of
// the first, and one that changes width keeps the height of the old width. So the same text is loaded unseen, at the
// width of the frame that is read, and tells its height; no script runs in either.
import { create } from "../../ui/dom.js";

const LATER = 120; // milliseconds on a text or at a width: nobody waits for it
const MAX_KNOWN = 400; // heights remembered: a letter opened again is not loaded twice
const IS_SIZED = CSS.supports("frame-sizing: content-height");

export class FrameHeight {
  /**
   * @param {HTMLElement} place
   * @param {() => boolean} isComing whether another text is on its way into the frame
   */
  constructor(place, isComing) {
    this.place = place;
    this.isComing = isComing;
    /** @type {Map<string, number>} */
    this.known = new Map();
    this.asked = ""; // the text and the width last measured
    this.unseen = create("div");
    this.unseen.className = "unseen";
    this.unseen.inert = true;
    if (IS_SIZED) new ResizeObserver(() => this.scheduleMeasure()).observe(place);
  }

  scheduleMeasure() {
    clearTimeout(this.timer);
    if (IS_SIZED) this.timer = setTimeout(() => this.#measure(), LATER);
  }

  // Another text comes into that frame: it fills the pane until its height is known.
  /** @param {HTMLIFrameElement} frame */
  forget(frame) {
    frame.style.height = "";
    frame.classList.remove("fitted");
    frame.classList.add("kept");
    delete frame.dataset.fitted;
  }

  #measure() {
    /** @type {HTMLIFrameElement | null} */
    const frame = this.place.querySelector("article > iframe.body:not(.measured)");
    const width = frame?.offsetWidth ?? 0;
    const address = frame?.dataset.address ?? frame?.getAttribute("src");
    const asked = `${width} ${address}`;
    if (!frame || !width || !address || frame.dataset.fitted === asked) return;
    if (this.isComing() || frame.style.visibility === "hidden") return;
    const known = this.known.get(asked);
    if (known !== undefined) return this.#fit(frame, asked, known);
    if (this.asked === asked && this.unseen.isConnected) return; // it is on its way
    this.asked = asked;
    const other = create("iframe");
    other.sandbox.value = frame.sandbox.value;
    other.referrerPolicy = "no-referrer";
    other.src = address;
    other.addEventListener("load", () => {
      const height = other.offsetHeight;
      this.unseen.remove();
      if (this.known.size >= MAX_KNOWN) this.known.clear();
      this.known.set(asked, height);
      this.#measure(); // of the frame that is read by now
    });
    this.unseen.style.width = `${width}px`;
    this.unseen.replaceChildren(other);
    document.body.append(this.unseen);
  }

  /**
   * @param {HTMLIFrameElement} frame
   * @param {string} asked
   * @param {number} height
   */
  #fit(frame, asked, height) {
    frame.dataset.fitted = asked;
    frame.classList.add("fitted");
    frame.style.height = `${height}px`;
  }
}
