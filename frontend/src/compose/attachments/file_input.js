// Files chosen or dropped on the composer: pictures on a rich text enter it, all others are attached.

const SHOWN = /^image\/(png|jpeg|gif|webp)$/;

/**
 * Files → those that the text shows, and those to attach.
 * @param {File[]} files
 * @param {boolean} onText whether they were dropped on a rich text
 */
export function sortFiles(files, onText) {
  const pictures = onText ? files.filter((file) => SHOWN.test(file.type)) : [];
  return { pictures, others: files.filter((file) => !pictures.includes(file)) };
}

/**
 * @param {Editor} editor
 * @param {{addPictures: (files: File[]) => void, attach: (files: File[]) => void}} page
 */
export function listenToDrops(editor, page) {
  const body = document.body;
  const hasFiles = (/** @type {DragEvent} */ event) =>
    [...(event.dataTransfer?.types || [])].includes("Files");
  for (const kind of /** @type {const} */ (["dragenter", "dragover"])) {
    body.addEventListener(kind, (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      body.classList.add("dropping");
    });
  }
  body.addEventListener("dragleave", (event) => !event.relatedTarget && body.classList.remove("dropping"));
  body.addEventListener(
    "drop",
    (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      body.classList.remove("dropping");
      const onText = editor.root.contains(event.target) && !editor.isPlain;
      const { pictures, others } = sortFiles([...(event.dataTransfer?.files ?? [])], onText);
      page.addPictures(pictures);
      page.attach(others);
    },
    true,
  );
}

/**
 * Files chosen in a field, which is emptied so that the same file may be chosen again.
 * @param {string} selector
 * @param {(files: File[]) => void} act
 */
export function listenToChoice(selector, act) {
  const input = document.querySelector(selector);
  input.addEventListener("change", () => {
    act([...input.files]);
    input.value = "";
  });
}
