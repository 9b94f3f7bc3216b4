// Where answers stand: under the message they answer, scrolling with it; away from it they wait at the bottom of the page.
// A browser that loads anew a frame that moves keeps them across the foot of the reading pane instead.
import { setSmall } from "./docked_box.js";

const ROOMY = matchMedia("(min-width: 901px)");
const MIN_READER_HEIGHT = 420; // pixels of a pane that a message and its answer share
const MOVES = "moveBefore" in Element.prototype; // a frame is moved without being loaded anew

export class AnswerPlace {
  /**
   * @param {HTMLElement} dock
   * @param {Map<string, DockedComposer>} composers
   */
  constructor(dock, composers) {
    this.dock = dock;
    this.composers = composers;
    /** @type {HTMLElement | null} the reading pane of the page, if it has one */
    this.reader = document.querySelector("#reader");
    if (this.reader) this.#follow(this.reader);
  }

  /** @param {HTMLElement} reader */
  #follow(reader) {
    const place = () => this.place();
    new ResizeObserver(place).observe(reader);
    new MutationObserver(place).observe(reader, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["data-uid"],
    });
    ROOMY.addEventListener("change", place);
    if (!MOVES) return;
    // what is about to be taken out of the page would end them
    window.addEventListener("vm:pane-changes", () => {
      for (const { box } of this.composers.values()) if (reader.contains(box)) this.#takeHome(box);
    });
  }

  // Every answer where it belongs now.
  place() {
    const { reader } = this;
    if (!reader) return;
    const answers = [...this.composers.values()].filter((composer) => composer.isAnswer);
    reader.style.paddingBottom = "";
    if (!answers.length) return; // measured now, a message just put there would be laid out twice
    let taken = 0;
    /** @type {Map<Element, HTMLElement>} the last answer under each message: two never contend for its foot */
    const lowest = new Map();
    const { left, width, height, bottom } = reader.getBoundingClientRect();
    const hasRoom = ROOMY.matches && height >= MIN_READER_HEIGHT;
    for (const composer of answers) {
      const { box } = composer;
      const article = hasRoom ? articleOf(reader, composer.answered) : null;
      foldAway(composer, article, hasRoom);
      const isBelow = article && !taken && !box.matches(".small, .gone, .large");
      box.classList.toggle("below", Boolean(isBelow));
      const tall = Math.round(Math.min(560, height * 0.66));
      if (MOVES) {
        box.style.setProperty("--pane-height", `${tall}px`);
        this.#stand(composer, isBelow ? article : null, article && lowest.get(article));
        if (isBelow && article) lowest.set(article, box);
        continue;
      }
      if (!isBelow) continue;
      taken = tall;
      const sizes = { left, width, height: taken, bottom: innerHeight - bottom };
      for (const [name, pixels] of Object.entries(sizes))
        box.style.setProperty(`--pane-${name}`, `${pixels}px`);
    }
    if (taken) reader.style.paddingBottom = `${taken}px`;
  }

  /**
   * Under that message and its other answers, or in the dock: moved only if it is elsewhere.
   * @param {DockedComposer} composer
   * @param {Element | null} article
   * @param {Element | null} [above]
   */
  #stand(composer, article, above = article) {
    const { box } = composer;
    if (article && above && box.previousElementSibling !== above) {
      box.classList.add("in-flow");
      article.parentElement?.moveBefore(box, above.nextElementSibling);
      if (!composer.isPlaced) reveal(box, article);
      composer.isPlaced = true; // drawn again with its conversation, it is left where one reads
    } else if (!article && box.parentElement !== this.dock) {
      this.#takeHome(box);
    }
    if (!article) composer.isPlaced = false;
  }

  /** @param {HTMLElement} box */
  #takeHome(box) {
    box.classList.remove("in-flow");
    this.dock.moveBefore(box, null);
  }
}

/**
 * An answer whose message is left is reduced; it opens again with its message.
 * @param {DockedComposer} composer
 * @param {Element | null} article
 * @param {boolean} hasRoom
 */
function foldAway(composer, article, hasRoom) {
  if (!article && hasRoom && composer.box.classList.contains("below")) {
    setSmall(composer, true);
    composer.isAway = true;
  } else if (article && composer.isAway) {
    setSmall(composer, false);
    composer.isAway = false;
  }
}

/**
 * In sight, also once the text above has told its height: until whoever reads moves about the page themselves.
 * @param {HTMLElement} box
 * @param {Element} article
 */
function reveal(box, article) {
  window.dispatchEvent(new Event("vm:answer-placed"));
  const moved = new AbortController();
  const sizes = new ResizeObserver(() => box.scrollIntoView({ block: "nearest" }));
  sizes.observe(article);
  moved.signal.addEventListener("abort", () => sizes.disconnect());
  for (const act of ["wheel", "touchmove", "pointerdown", "keydown"])
    window.addEventListener(act, () => moved.abort(), { signal: moved.signal, capture: true, passive: true });
}

/**
 * The message an answer goes under, if the reader shows it: open, or unfolded among its conversation.
 * @param {HTMLElement} reader
 * @param {ComposeRequest["ref"]} ref
 * @returns {Element | null}
 */
export function articleOf(reader, ref) {
  const messages = /** @type {HTMLElement[]} */ ([...reader.querySelectorAll(".message, .unfolded")]);
  const message = messages.find(
    ({ dataset }) =>
      dataset.folder === ref?.folder &&
      (dataset.ofBox ?? "") === (ref?.box ?? "") &&
      dataset.uid === String(ref?.uid) &&
      dataset.uidValidity === String(ref?.uidValidity),
  );
  return message?.querySelector(":scope > article") ?? null;
}
