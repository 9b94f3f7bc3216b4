// <absence-banner src="…">: the line that says one is away, fetched once the page is quiet; empty otherwise.

customElements.define(
  "absence-banner",
  class extends HTMLElement {
    connectedCallback() {
      const quiet = window.requestIdleCallback ?? ((run) => setTimeout(run, 200));
      quiet(() => this.show(fetch(this.getAttribute("src"))));
      this.addEventListener("submit", (event) => {
        event.preventDefault();
        const form = event.target;
        form.querySelector("button").disabled = true;
        this.show(
          fetch(form.action, {
            method: "POST",
            body: new FormData(form),
            headers: { "HX-Request": "true" },
          }),
        );
      });
    }

    /** @param {Promise<Response>} asked */
    async show(asked) {
      try {
        const answer = await asked;
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        this.innerHTML = await answer.text();
      } catch {
        const button = this.querySelector("button");
        if (!button) return; // nothing was promised on the page
        button.disabled = false;
        window.vaguemestre?.notify("L’absence n’a pas pu être terminée. Réessayez dans une minute.", "warn");
      }
    }
  },
);
