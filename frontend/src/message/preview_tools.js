// Tools of the file preview: previous and next file, zoom, page number.
const STEPS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
const FITTED = STEPS.indexOf(1);
const SCROLLS = ["PageDown", "PageUp", "ArrowDown", "ArrowUp", "Home", "End"];

/** @typedef {{link: PreviewLink, open: (link: PreviewLink) => void}} OpenFile */

/** @type {OpenFile | null} */
let current = null;
let step = FITTED;

/**
 * @param {HTMLDialogElement} dialog
 * @param {PreviewLink} link
 * @param {(link: PreviewLink) => void} open
 */
export function follow(dialog, link, open) {
  if (!dialog.dataset.followed) listen(dialog);
  dialog.dataset.followed = "yes";
  current = { link, open };
  step = FITTED;
  const files = siblings();
  const place = files.indexOf(link);
  find(dialog, "before").disabled = place <= 0;
  find(dialog, "after").disabled = place < 0 || place >= files.length - 1;
  const hasZoom = ["picture", "pdf", "office"].includes(link.dataset.viewer ?? "");
  for (const name of ["larger", "smaller"]) find(dialog, name).hidden = !hasZoom;
  for (const name of ["before", "after"]) find(dialog, name).hidden = files.length < 2;
  say(dialog, files.length > 1 ? `${place + 1} sur ${files.length}` : "");
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} name
 * @returns {HTMLButtonElement}
 */
function find(dialog, name) {
  return dialog.querySelector(`[data-look-do="${name}"]`);
}

/** @returns {PreviewLink[]} */
function siblings() {
  const list = current?.link.closest(".att, .files, table");
  return list ? [...list.querySelectorAll("[data-look]")] : [];
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} words
 */
function say(dialog, words) {
  dialog.querySelector("#preview-page").textContent = words;
}

/** @param {HTMLDialogElement} dialog */
function listen(dialog) {
  dialog.addEventListener("click", (event) => {
    const act = event.target.closest("[data-look-do]")?.dataset.lookDo;
    if (act) run(dialog, act);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.target.closest("audio, video") || event.ctrlKey || event.metaKey || event.altKey) return;
    const frame = dialog.querySelector(".look-at iframe[sandbox=allow-scripts]"); // a document in pages
    if (frame && SCROLLS.includes(event.key)) {
      event.preventDefault();
      frame.contentWindow?.postMessage({ key: event.key }, "*");
      return;
    }
    const act = { ArrowLeft: "before", ArrowRight: "after", "+": "larger", "-": "smaller" }[event.key];
    if (!act || find(dialog, act).hidden || find(dialog, act).disabled) return;
    event.preventDefault();
    run(dialog, act);
  });
  window.addEventListener("message", ({ source, data }) => {
    const frame = dialog.querySelector(".look-at iframe");
    if (!frame || source !== frame.contentWindow) return;
    if (data?.closes) dialog.close();
    else if (Number.isInteger(data?.page)) say(dialog, `Page ${data.page} sur ${Number(data.pages)}`);
  });
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} act
 */
function run(dialog, act) {
  if (act === "before" || act === "after") {
    const files = siblings();
    const next = current && files[files.indexOf(current.link) + (act === "after" ? 1 : -1)];
    if (next) current?.open(next);
    return;
  }
  step = Math.max(0, Math.min(STEPS.length - 1, step + (act === "larger" ? 1 : -1)));
  const place = dialog.querySelector(".look-at");
  const image = place.querySelector("img");
  if (image) zoomPicture(image, STEPS[step]);
  else place.querySelector("iframe")?.contentWindow?.postMessage({ zoom: STEPS[step] }, "*");
}

/**
 * @param {HTMLImageElement} image
 * @param {number} zoom 1: as it fits
 */
function zoomPicture(image, zoom) {
  image.style.width = image.style.maxWidth = image.style.maxHeight = "";
  if (zoom === 1) return;
  const fitted = image.clientWidth;
  image.style.maxWidth = image.style.maxHeight = "none";
  image.style.width = `${fitted * zoom}px`;
}
