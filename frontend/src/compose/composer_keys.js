// Keys of the composer. Enter in a field goes on, it never sends; Ctrl+Enter sends from anywhere. Tab goes from the
// subject to the text, as in other mail programs; the toolbar between them is reached backwards.

/**
 * @param {HTMLFormElement} form
 * @param {{send: () => void, escape: () => void, write: () => void}} page
 */
export function listenToKeys(form, { send, escape, write }) {
  form.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Tab" && !event.shiftKey && event.target.id === "subject") {
        event.preventDefault();
        write();
      }
      if (event.key !== "Enter") return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        event.stopPropagation();
        send();
      } else if (event.target.matches("input")) event.preventDefault();
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (!document.querySelector("dialog[open], [popover]:popover-open")) escape(); // of what is open, the nearest closes
  });
}
