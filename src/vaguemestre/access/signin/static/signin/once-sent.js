// A form whose answer may be a file leaves its page in place: the page then says that it was sent.
document.addEventListener("submit", ({ target }) => {
  const sent = document.getElementById(/** @type {HTMLElement} */ (target).dataset.onceSent ?? "");
  const asked = document.getElementById(sent?.dataset.insteadOf ?? "");
  if (!sent || !asked) return;
  asked.hidden = true;
  sent.hidden = false;
  sent.focus();
});
