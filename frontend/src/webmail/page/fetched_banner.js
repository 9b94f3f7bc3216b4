// <fetched-banner src="…">: a line above the mail, fetched once the page is quiet; empty where there is nothing to say.
// Its form, if it has one, is answered by the line that follows; `data-unmade`: what is said when it cannot be.

customElements.define(
  "fetched-banner",
  class extends HTMLElement {
    connectedCallback() {
      const quiet = window.requestIdleCallback ?? ((run) => setTimeout(run, 200));
      quiet(() => this.show(fetch(this.getAttribute("src"), { headers: { "X-By-Itself": "1" } })));
      this.addEventListener("submit", (event) => {
        event.preventDefault();
        const form = event.target;
        form.querySelector("button").disabled = true;
        const body = new FormData(form);
        this.show(fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } }));
      });
    }

    /** @param {Promise<Response>} asked */
    async show(asked) {
      try {
        const answer = await asked;
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        this.innerHTML = await answer.text();
      } catch {
        const form = this.querySelector("form");
        if (!form) return; // nothing was promised on the page
        form.querySelector("button").disabled = false;
        window.vaguemestre?.notify(form.dataset.unmade, "warn");
      }
    }
  },
);
