// Pages of a PDF, drawn one by one as they come near. This script lives in an opaque origin: no cookie, no
// network, no parent; the bytes are handed to it once.
import * as worker from "pdfjs-dist/legacy/build/pdf.worker.mjs";
import { getDocument, TextLayer } from "pdfjs-dist/legacy/build/pdf.mjs";

Object.assign(globalThis, { pdfjsWorker: worker }); // no worker can be started from an opaque origin: it runs here

const MAX_PAGES = 500;
const status = document.querySelector("#status");
const pages = document.querySelector("#pages");
let zoom = 1; // of the width of the window
/** @type {() => void} */
let redraw = () => {};

/** @param {string} words */
function tell(words) {
  status.textContent = words;
  status.hidden = !words;
}

/**
 * @param {import("pdfjs-dist").PDFDocumentProxy} file
 * @param {HTMLElement} place
 */
async function draw(file, place) {
  const page = await file.getPage(Number(place.dataset.page));
  const natural = page.getViewport({ scale: 1 });
  const scale = scaleOf(natural.width);
  const viewport = page.getViewport({ scale });
  const sharp = Math.min(2, window.devicePixelRatio || 1);
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(viewport.width * sharp);
  canvas.height = Math.floor(viewport.height * sharp);
  canvas.style.width = place.style.width = `${Math.floor(viewport.width)}px`;
  canvas.style.height = place.style.height = `${Math.floor(viewport.height)}px`;
  canvas.setAttribute("aria-hidden", "true");
  const words = document.createElement("div");
  words.className = "words";
  words.style.setProperty("--total-scale-factor", String(scale));
  place.replaceChildren(canvas, words);
  const transform = sharp === 1 ? undefined : [sharp, 0, 0, sharp, 0, 0];
  await page.render({ canvas, viewport, transform }).promise;
  await new TextLayer({ textContentSource: page.streamTextContent(), container: words, viewport }).render();
}

/** @param {number} width of a page at scale 1 */
function scaleOf(width) {
  return Math.min(2, Math.max(0.3, (window.innerWidth - 40) / width)) * zoom;
}

/**
 * Resize every page to the current zoom; each is drawn again when it comes near.
 * @param {{width: number, height: number}} first
 * @param {IntersectionObserver} watcher
 */
function resize(first, watcher) {
  const scale = scaleOf(first.width);
  for (const place of pages.children) {
    place.replaceChildren();
    place.style.width = `${Math.floor(first.width * scale)}px`;
    place.style.height = `${Math.floor(first.height * scale)}px`;
    watcher.observe(place);
  }
}

/** @param {Uint8Array} bytes */
async function open(bytes) {
  let file;
  try {
    file = await getDocument({
      data: bytes,
      isEvalSupported: false,
      enableXfa: false,
      useWasm: false,
      useWorkerFetch: false,
      isOffscreenCanvasSupported: false,
      stopAtErrors: false,
    }).promise;
  } catch (error) {
    tell(
      error instanceof Error && error.name === "PasswordException"
        ? "Ce document est protégé par un mot de passe : téléchargez-le pour l’ouvrir."
        : "Ce document ne peut pas être montré ici : téléchargez-le pour l’ouvrir.",
    );
    document.body.dataset.state = "failed";
    return;
  }
  const first = (await file.getPage(1)).getViewport({ scale: 1 });
  const watcher = new IntersectionObserver(
    (seen) => {
      for (const { isIntersecting, target } of seen) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        draw(file, /** @type {HTMLElement} */ (target)).then(
          () => {
            document.body.dataset.state = "drawn";
          },
          () => {
            target.textContent = "Cette page ne peut pas être montrée.";
          },
        );
      }
    },
    { rootMargin: "600px" },
  );
  const scale = scaleOf(first.width);
  for (let number = 1; number <= Math.min(file.numPages, MAX_PAGES); number += 1) {
    const place = document.createElement("section");
    place.className = "sheet";
    place.dataset.page = String(number);
    place.setAttribute("aria-label", `Page ${number} sur ${file.numPages}`);
    place.style.width = `${Math.floor(first.width * scale)}px`;
    place.style.height = `${Math.floor(first.height * scale)}px`;
    pages.append(place);
    watcher.observe(place);
  }
  redraw = () => resize(first, watcher);
  tellPage(file.numPages);
  document.addEventListener("scroll", () => tellPage(file.numPages), { passive: true });
  tell(file.numPages > MAX_PAGES ? `Seules les ${MAX_PAGES} premières pages sont montrées.` : "");
}

/** @param {number} count of pages */
function tellPage(count) {
  const places = [...pages.children];
  const place = places.findLastIndex((page) => page.getBoundingClientRect().top <= window.innerHeight / 2);
  window.parent.postMessage({ page: Math.max(1, place + 1), pages: count }, "*");
}

/**
 * Scroll as a key does in a page: the focus stands on the tools around this frame.
 * @param {string} key
 */
function scroll(key) {
  const screen = window.innerHeight * 0.9;
  const whole = document.documentElement.scrollHeight;
  const top = { PageDown: screen, PageUp: -screen, ArrowDown: 60, ArrowUp: -60, End: whole, Home: -whole }[
    key
  ];
  if (top) window.scrollBy({ top, behavior: "instant" });
}

// Heard here once one has clicked on a page: the dialog around does not.
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") window.parent.postMessage({ closes: true }, "*");
});

window.addEventListener("message", (event) => {
  if (event.source !== window.parent) return;
  if (typeof event.data?.key === "string") scroll(event.data.key);
  if (event.data?.bytes instanceof ArrayBuffer) open(new Uint8Array(event.data.bytes));
  if (Number.isFinite(event.data?.zoom)) {
    zoom = Math.min(4, Math.max(0.25, event.data.zoom));
    redraw();
  }
});
