// Enter in a field of a dialog does what its main button does, and nothing else: a dialog never closes on it unheard.
/** @param {string[]} selectors */
export function listenToDialogs(...selectors) {
  for (const selector of selectors) {
    /** @type {HTMLDialogElement | null} */
    const dialog = document.querySelector(selector);
    dialog?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input")) return;
      event.preventDefault();
      dialog.querySelector(".btn.primary").click();
    });
  }
}
