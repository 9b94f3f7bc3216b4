// What is shown once can be taken away on paper: <print-page><button hidden>…</button></print-page>.
"use strict";

customElements.define(
  "print-page",
  class extends HTMLElement {
    connectedCallback() {
      const button = this.querySelector("button");
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
  },
);
