// Messages dragged to a folder, folders into another. The keyboard has « Déplacer » and « Ranger dans… » for that.

const MESSAGES = "application/x-vaguemestre";
const FOLDER = "application/x-vaguemestre-folder";

/** @type {Gesture | null} */
let dragging = null;
/** @type {Gesture | null} */
let pressing = null;

/** @returns {Gesture} */
function beginGesture() {
  let end = () => {};
  const ended = new Promise((/** @type {(value: void) => void} */ resolve) => {
    end = resolve;
  });
  return { ended, end };
}

// What a drag or a press began on must stay in the page until it ends, or the browser gives the drag, or the click,
// up: news wait.
export async function pointerReleased() {
  while (dragging || pressing) await (dragging ?? pressing)?.ended;
}

window.addEventListener(
  "pointerdown",
  () => {
    pressing ??= beginGesture();
  },
  true,
);
for (const end of ["pointerup", "pointercancel", "blur"]) {
  window.addEventListener(end, () => setTimeout(released), true); // once whoever listens to the click has done with it
}

function released() {
  pressing?.end();
  pressing = null;
}

// A pointer that moves or a key that is heard says so too, when what was dragged has left the page. News come
// once whoever listens to the drop has done with it.
function over() {
  const ended = dragging;
  if (!ended) return;
  setTimeout(() => {
    dragging = dragging === ended ? null : dragging;
    ended.end();
  });
}

// A file that misses the mail being written would open in place of the page.
for (const kind of /** @type {const} */ (["dragover", "drop"]))
  window.addEventListener(kind, (event) => {
    const drag = event.dataTransfer;
    if (!drag?.types.includes("Files") || event.target.closest?.("input[type=file]")) return;
    event.preventDefault();
    drag.dropEffect = "none";
  });

/**
 * @param {MailApp} app
 * @param {Folders} folders
 */
export function listenToDrags(app, folders) {
  const pane = folders.pane;
  app.addEventListener("dragstart", ({ target: held, dataTransfer }) => {
    const row = held.closest?.("li.row");
    const folder = held.closest?.('a.folder-link[data-use="other"]');
    if (!dataTransfer) return;
    if (row) {
      const refs = app.list.selected.has(row.dataset.ref) ? [...app.list.selected] : [row.dataset.ref];
      dataTransfer.setData(MESSAGES, JSON.stringify(refs));
    } else if (folder) {
      dataTransfer.setData(FOLDER, folder.dataset.step);
      dataTransfer.setData("text/plain", folder.dataset.name);
    } else return;
    dataTransfer.effectAllowed = "move";
    dragging ??= beginGesture();
  });
  for (const end of ["dragend", "drop", "pointermove", "pointerdown", "keydown"])
    document.addEventListener(end, over, true);
  const target = (/** @type {DragEvent} */ event) => {
    const types = event.dataTransfer?.types ?? [];
    if (types.includes(MESSAGES)) return event.target.closest?.("#folders a[data-step]:not([data-use=all])");
    if (types.includes(FOLDER))
      return event.target.closest?.(
        "#folders a[data-step]:not([data-use=all]):not([data-use=drafts]), #folders .cap-line",
      );
    return null;
  };
  const mark = (/** @type {Element | null} */ here) => {
    for (const other of pane.querySelectorAll(".over")) other.classList.toggle("over", other === here);
    here?.classList.add("over");
  };
  app.addEventListener("dragover", (event) => {
    const here = target(event);
    mark(here);
    if (here) event.preventDefault();
  });
  app.addEventListener("dragend", () => mark(null));
  app.addEventListener("drop", (event) => {
    const here = target(event);
    if (!here) return;
    event.preventDefault();
    mark(null);
    const step = event.dataTransfer?.getData(FOLDER);
    const into = here.dataset.step ?? "";
    if (step) {
      if (into !== step) folders.move(step, into);
    } else if (here.dataset.folder !== app.section.dataset.folder) {
      app.act("move", JSON.parse(event.dataTransfer?.getData(MESSAGES) ?? "[]"), { to: into });
    }
  });
}
