// <fetched-lines src="…">: lines above the mail, fetched once the page is quiet; empty where there is nothing to say.
// The form of a line is answered by what takes its place; `data-unmade`: what is said when it cannot be.
import { IN_BACKGROUND } from "../../ui/http.js";

customElements.define(
  "fetched-lines",
  class extends HTMLElement {
    connectedCallback() {
      const quiet = window.requestIdleCallback ?? ((run) => setTimeout(run, 200));
      quiet(() => this.show());
      this.addEventListener("submit", (event) => {
        event.preventDefault();
        this.send(event.target);
      });
    }

    async show() {
      try {
        this.innerHTML = await textOf(fetch(this.getAttribute("src"), { headers: IN_BACKGROUND }));
      } catch {
        // nothing was promised on the page
      }
    }

    /** @param {HTMLFormElement} form */
    async send(form) {
      const button = form.querySelector("button");
      button.disabled = true;
      try {
        const body = new FormData(form);
        form.outerHTML = await textOf(
          fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } }),
        );
        this.querySelector("button")?.focus(); // the next line's, if any
      } catch {
        button.disabled = false;
        window.vaguemestre?.notify(form.dataset.unmade ?? "", "warn");
      }
    }
  },
);

/** @param {Promise<Response>} asked */
async function textOf(asked) {
  const answer = await asked;
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer.text();
}
