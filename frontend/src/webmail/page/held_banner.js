// <held-banner src="…">: the line that says mail waits for its sender's word, once the page is quiet; empty otherwise.

customElements.define(
  "held-banner",
  class extends HTMLElement {
    connectedCallback() {
      const quiet = window.requestIdleCallback ?? ((run) => setTimeout(run, 200));
      quiet(() => this.show());
    }

    async show() {
      try {
        const answer = await fetch(this.getAttribute("src"), { headers: { "X-By-Itself": "1" } });
        if (answer.ok && !answer.redirected) this.innerHTML = await answer.text();
      } catch {
        // its sender has also had a message about it
      }
    }
  },
);
