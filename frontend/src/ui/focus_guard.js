// A button that the focus reaches amid typing does not take the next space for a press.
const PAUSE_MS = 500;

/** @param {HTMLElement} button */
export function guardFromTyping(button) {
  let typedAt = -PAUSE_MS;
  let guardedUntil = 0;
  document.addEventListener(
    "input",
    () => {
      typedAt = performance.now();
    },
    true,
  );
  button.addEventListener("focus", () => {
    const now = performance.now();
    guardedUntil = now - typedAt < PAUSE_MS ? now + PAUSE_MS : 0;
  });
  for (const kind of /** @type {const} */ (["keydown", "keyup"])) {
    button.addEventListener(kind, (event) => {
      if (event.key === " " && performance.now() < guardedUntil) event.preventDefault();
    });
  }
}
