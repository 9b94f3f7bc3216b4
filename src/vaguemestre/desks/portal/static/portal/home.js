// The home page: the state of the mailbox when it is known, applications as one types, favourites in place.
// Without this script its links and forms lead to the same places.
async function load(target, address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return;
  const place = document.getElementById(target);
  const text = await answer.text();
  if (target === "tiles") place.outerHTML = text;
  else place.innerHTML = text;
  document.querySelector(`#${target} [autofocus]`)?.focus();
}

for (const place of document.querySelectorAll("[data-load]")) load(place.id, place.dataset.load);

let waiting;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-target]");
  if (!form) return;
  clearTimeout(waiting);
  waiting = setTimeout(
    () => load(form.dataset.target, `${form.action}?${new URLSearchParams(new FormData(form))}`),
    150,
  );
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-target][method=post]");
  if (!form) return;
  event.preventDefault();
  load(form.dataset.target, form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
});
