// Settings as one types. Without this script the form leads to the same answers.
customElements.define(
  "settings-search",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.found = this.querySelector(".found");
      this.rest = this.nextElementSibling;
      this.form.addEventListener("input", () => {
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => this.search(), 120);
      });
      this.addEventListener("keydown", (event) => this.move(event));
    }

    async search() {
      const query = new URLSearchParams(new FormData(this.form)).toString();
      const typed = this.form.elements.q.value.trim();
      const answer = typed
        ? await fetch(`${this.form.action}?${query}`, { headers: { "HX-Request": "true" } })
        : null;
      if (answer && !answer.ok) return;
      const text = answer ? await answer.text() : "";
      if (typed !== this.form.elements.q.value.trim()) return; // a later one is on its way
      this.found.innerHTML = text;
      if (this.rest) this.rest.hidden = Boolean(typed);
    }

    /** The arrows go from the box to what it found, and back. */
    move(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const stops = [this.form.elements.q, ...this.found.querySelectorAll("a")];
      const next = stops[stops.indexOf(document.activeElement) + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    }
  },
);
