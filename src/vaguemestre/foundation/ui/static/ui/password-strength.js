// Says in words, while a password is typed, how the server judges it. Without scripts the page says it after sending.
"use strict";

customElements.define(
  "password-strength",
  class extends HTMLElement {
    connectedCallback() {
      this.input = document.getElementById(this.getAttribute("for"));
      if (!this.input) return;
      this.setAttribute("role", "status");
      this.className = "strength";
      this.input.addEventListener("input", () => {
        clearTimeout(this.pause);
        this.pause = setTimeout(() => this.ask(), 300);
      });
    }

    async ask() {
      const typed = this.input.value;
      if (!typed) {
        this.replaceChildren();
        return;
      }
      const body = new FormData();
      body.set("new_password", typed);
      body.set("csrfmiddlewaretoken", this.input.form.elements.csrfmiddlewaretoken.value);
      const answer = await fetch(this.getAttribute("address"), { method: "POST", body }).catch(() => null);
      if (!answer?.ok || this.input.value !== typed) return;
      const judged = await answer.json();
      const words = document.createElement("span");
      words.className = judged.enough ? "chip ok" : "chip warn";
      words.textContent = judged.words;
      this.replaceChildren(words);
      if (judged.enough) {
        document.getElementById(`${this.input.id}_error`)?.remove(); // said of what was sent before
        this.input.removeAttribute("aria-invalid");
      }
    }
  },
);
