// A file looked at without keeping it: in a dialog, each kind by what can do it no harm. Loaded with the first one.
import { pause } from "../../ui/pause.js";
import { create, find } from "../../ui/dom.js";
import { page, fetchFragment, send, tellRefusal } from "../../ui/http.js";
import { follow } from "../../message/preview_tools.js";

const MAX_TRIES = 120; // at fetching a document that is being made
const PAUSE_MS = 500; // between two
let turn = 0; // of the file shown: what is made of another comes too late

/** @param {PreviewLink} link */
async function picture(link) {
  const image = new Image();
  image.src = link.href;
  image.alt = link.dataset.look;
  try {
    await image.decode();
    return image;
  } catch {
    return waiting("Cette image ne peut pas être montrée : téléchargez-la pour l’ouvrir.");
  }
}

/**
 * @param {PreviewLink} link
 * @param {"audio" | "video"} tag
 * @param {HTMLElement} place
 */
function played(link, tag, place) {
  const player = create(tag);
  player.controls = true;
  player.src = link.href;
  player.setAttribute("aria-label", link.dataset.look);
  player.addEventListener("error", () => {
    if (player.isConnected)
      place.replaceChildren(waiting("Ce fichier ne peut pas être lu ici : téléchargez-le pour l’ouvrir."));
  });
  return player;
}

/** @param {PreviewLink} link */
function createFrame(link) {
  const frame = create("iframe");
  frame.setAttribute("sandbox", "");
  frame.title = link.dataset.look;
  frame.src = link.href;
  return frame;
}

/** @param {string} words */
function waiting(words) {
  const place = create("p");
  place.className = "waiting";
  place.setAttribute("role", "status");
  place.textContent = words;
  return place;
}

// The reader of PDF files has an origin of its own and no cookie: it is handed the bytes.
/**
 * @param {PreviewLink} link
 * @param {ArrayBuffer} bytes
 */
function pdf(link, bytes) {
  const frame = create("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.title = link.dataset.look;
  frame.src = "/messagerie/lecteur-pdf/";
  frame.addEventListener("load", () => frame.contentWindow?.postMessage({ bytes }, "*", [bytes]), {
    once: true,
  });
  return frame;
}

/** @param {PreviewLink} link */
async function pdfOf(link) {
  return (await page(link.dataset.keep ?? link.href)).arrayBuffer();
}

/**
 * @param {PreviewLink} link
 * @param {() => boolean} isMeant
 */
async function officeOf(link, isMeant) {
  const address = `${link.href}pdf/`;
  await send(address, {});
  for (let attempt = 0; attempt < MAX_TRIES && isMeant(); attempt += 1) {
    const answer = await fetchFragment(address);
    if (answer.status !== 202) return answer.arrayBuffer();
    await pause(PAUSE_MS);
  }
  return null;
}

/** @param {PreviewLink} link */
export async function openPreview(link) {
  const dialog = find("#preview");
  const place = dialog.querySelector(".look-at");
  const own = (turn += 1);
  const isMeant = () => own === turn; // another file may be looked at by now
  dialog.querySelector("#preview-title").textContent = link.dataset.look;
  const keep = dialog.querySelector("#preview-download");
  keep.href = link.dataset.keep ?? link.href.replace("/apercu/", "/pieces/");
  keep.download = link.dataset.look;
  dialog.addEventListener(
    "close",
    () => {
      turn += 1;
      place.replaceChildren();
    },
    { once: true },
  );
  place.dataset.viewer = link.dataset.viewer;
  if (!dialog.open) dialog.showModal();
  follow(dialog, link, openPreview);
  try {
    const viewer = await viewerOf(link, place, isMeant);
    if (isMeant()) place.replaceChildren(viewer);
  } catch (error) {
    if (!isMeant()) return;
    dialog.close();
    tellRefusal(error);
  }
}

/**
 * @param {PreviewLink} link
 * @param {HTMLElement} place
 * @param {() => boolean} isMeant
 */
async function viewerOf(link, place, isMeant) {
  switch (link.dataset.viewer) {
    case "picture":
      place.replaceChildren(waiting("Ouverture de l’image…"));
      return picture(link);
    case "audio":
    case "video":
      return played(link, link.dataset.viewer, place);
    case "pdf":
      place.replaceChildren(waiting("Ouverture du document…"));
      return pdf(link, await pdfOf(link));
    case "office": {
      place.replaceChildren(waiting("Préparation du document : quelques secondes…"));
      const bytes = await officeOf(link, isMeant);
      return bytes
        ? pdf(link, bytes)
        : waiting("Ce document est trop long à préparer : téléchargez-le pour l’ouvrir.");
    }
    default:
      return createFrame(link);
  }
}
