// The widths of the panes: dragged, or by the arrows of a separator; kept for this device.

const KEPT = "vaguemestre.panes";
const STEP = 16;

/** @param {MailApp} app */
export function listenToSplitters(app) {
  /** @type {Record<string, number>} */
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    localStorage.removeItem(KEPT);
  }
  /** @type {NodeListOf<HTMLElement>} */
  const separators = app.querySelectorAll(".split");
  for (const split of separators) {
    const name = split.dataset.split ?? "";
    const least = Number(split.getAttribute("aria-valuemin"));
    const most = Number(split.getAttribute("aria-valuemax"));
    const put = (/** @type {number} */ width, keep = true) => {
      const fit = Math.round(Math.max(least, Math.min(most, width)));
      app.style.setProperty(`--${name}-width`, `${fit}px`);
      split.setAttribute("aria-valuenow", String(fit));
      if (!keep) return;
      kept[name] = fit;
      localStorage.setItem(KEPT, JSON.stringify(kept));
    };
    const now = () => Number(split.getAttribute("aria-valuenow"));
    if (Number.isFinite(kept[name])) put(kept[name], false);
    split.addEventListener("keydown", (event) => {
      /** @type {Record<string, number>} */
      const widths = { ArrowLeft: now() - STEP, ArrowRight: now() + STEP, Home: least, End: most };
      const go = widths[event.key];
      if (go === undefined) return;
      event.preventDefault();
      put(go);
    });
    split.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      split.setPointerCapture(event.pointerId);
      const start = now() - event.clientX;
      const move = (/** @type {PointerEvent} */ moved) => put(start + moved.clientX, false);
      app.classList.add("splitting");
      split.addEventListener("pointermove", move);
      split.addEventListener(
        "lostpointercapture",
        () => {
          split.removeEventListener("pointermove", move);
          app.classList.remove("splitting");
          put(now());
        },
        { once: true },
      );
    });
    split.addEventListener("dblclick", () => put(name === "folders" ? 232 : 408));
  }
}
