// Boxes that exclude one another: ticking one unticks the others.

customElements.define(
  "either-box",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("change", ({ target }) => {
        if (!target.checked) return;
        for (const box of this.querySelectorAll("input[type=checkbox]")) {
          if (box !== target) box.checked = false;
        }
      });
    }
  },
);
