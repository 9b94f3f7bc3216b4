// What every page shares: the CSRF header of htmx, menus that close, the eye of a password field,
// notices that go away, and a page that must not come back from the browser's memory.
import "./kept_texts.js";
import { forgetEverybody, forgetOthers } from "./personal_storage.js";

const { person } = document.documentElement.dataset; // "" while nobody is signed in; frames say nothing
if (person !== undefined) forgetOthers(localStorage, person.split(".")[0]);
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") === "/deconnexion") forgetEverybody(localStorage);
});

document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf"]');
  if (token) event.detail.ctx.request.headers["X-CSRFToken"] = token.content;
});

// A signed-in page kept by the back/forward cache would show its content after sign-out.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector('form[action="/deconnexion"]')) location.reload();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const chosen = event.target.closest(".menu-list a, .menu-list button");
    if (!menu.contains(event.target) || (chosen && menu.contains(chosen))) menu.open = false;
  }
  const opener = event.target.closest("[data-opens]");
  if (opener) document.querySelector(`#${opener.dataset.opens}`)?.showModal();
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    event.preventDefault(); // of what is open, only the menu closes
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});

// When the chosen file was last written, which the browser does not send: in seconds, in a field of the form.
document.addEventListener("change", (event) => {
  const chosen = /** @type {HTMLInputElement} */ (event.target);
  if (!chosen.dataset.modified || !chosen.form) return;
  const file = chosen.files?.[0];
  const field = /** @type {HTMLInputElement} */ (chosen.form.elements.namedItem(chosen.dataset.modified));
  field.value = file ? String(file.lastModified / 1000) : "";
});

// What the account menu asks the server for waits until it is opened.
const account = document.querySelector(".account");
account?.addEventListener("toggle", async () => {
  const place = account.querySelector("[data-fetch]");
  if (!account.open || !place) return;
  const answer = await fetch(place.dataset.fetch).catch(() => null);
  if (!answer?.ok || answer.redirected) return; // asked again when the menu is opened again
  place.innerHTML = await answer.text();
  place.removeAttribute("data-fetch");
});

// A form that came back as it was: the keyboard starts at the first thing to mend.
if (!document.querySelector("[autofocus]")) document.querySelector('main [aria-invalid="true"]')?.focus();

/** @param {string} name */
function icon(name) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${name}`);
  picture.append(use);
  return picture;
}

customElements.define(
  "reveal-input",
  class extends HTMLElement {
    connectedCallback() {
      const input = this.querySelector("input");
      if (!input || this.querySelector("button")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "tool";
      button.append(icon("eye"));
      button.setAttribute("aria-label", "Afficher la saisie");
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => {
        const shown = input.type === "password";
        input.type = shown ? "text" : "password";
        button.setAttribute("aria-pressed", String(shown));
        button.replaceChildren(icon(shown ? "eye-off" : "eye"));
        input.focus();
      });
      input.form?.addEventListener("submit", () => {
        input.type = "password"; // so that the browser does not keep it among typed texts
      });
      this.append(button);
    }
  },
);

customElements.define(
  "copy-text",
  class extends HTMLElement {
    connectedCallback() {
      const button = this.querySelector("button");
      const source = document.getElementById(this.getAttribute("for"));
      if (!button || !source) return;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(source.textContent.trim());
        notify("Copié.");
      });
    }
  },
);

// One box ticks those of its name: a page of a list.
for (const all of document.querySelectorAll("[data-ticks]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll(`[name="${all.dataset.ticks}"]`)) box.checked = all.checked;
  });
}

// The page one is on, in a menu longer than the screen: the menu alone scrolls, the page stays at its title.
const current = document.querySelector("#side [aria-current]");
const menu = current?.closest("#side");
if (current && menu) {
  // with the font that comes, lines have other heights
  document.fonts.ready.then(() => {
    const beyond = current.getBoundingClientRect().bottom - menu.getBoundingClientRect().bottom;
    if (beyond > 0) menu.scrollTop += beyond + 12;
  });
}

// Another script may say something: notify("Courriel archivé.").
/**
 * @param {string} sentence
 * @param {string} kind
 * @param {number} seconds 0: until it is closed
 */
function notify(sentence, kind = "dark", seconds = 6) {
  const place = document.getElementById("notices");
  if (!place) return null;
  const notice = document.createElement("p");
  notice.className = `notice ${kind}`;
  notice.textContent = sentence;
  if (kind === "danger") notice.prepend(icon("alert-circle")); // its colour does not speak alone
  place.append(notice);
  if (seconds) setTimeout(() => notice.remove(), seconds * 1000);
  return notice;
}

// Notices swapped in by the server leave by themselves too.
new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) {
      if (node instanceof HTMLElement && !node.matches("[data-stays]"))
        setTimeout(() => node.remove(), 10000);
    }
  }
}).observe(document.getElementById("notices") ?? document.createElement("div"), { childList: true });

window.vaguemestre = { notify, icon };
