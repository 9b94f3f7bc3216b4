// <sortable-list data-url="…"><ol><li data-id="…">: filters put in order by dragging. The buttons « Monter » and
// « Descendre » of each do the same for the keyboard.
"use strict";

customElements.define(
  "sortable-list",
  class extends HTMLElement {
    connectedCallback() {
      this.list = this.querySelector("ol");
      for (const item of this.list.children) item.draggable = true;
      this.list.addEventListener("dragstart", (event) => {
        this.held = event.target.closest("li");
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", "");
        this.held.classList.add("held");
      });
      this.list.addEventListener("dragover", (event) => {
        const over = event.target.closest("li");
        if (!this.held) return;
        event.preventDefault();
        if (!over || over === this.held) return;
        const box = over.getBoundingClientRect();
        over[event.clientY < box.top + box.height / 2 ? "before" : "after"](this.held);
      });
      this.list.addEventListener("drop", (event) => event.preventDefault());
      this.list.addEventListener("dragend", () => this.keep());
    }

    async keep() {
      this.held?.classList.remove("held");
      this.held = null;
      const order = new URLSearchParams();
      for (const item of this.list.children) order.append("order", item.dataset.id);
      const headers = { "X-CSRFToken": document.querySelector('meta[name="csrf"]')?.content ?? "" };
      try {
        const answer = await fetch(this.dataset.url, { method: "POST", body: order, headers });
        if (!answer.ok) throw new Error(String(answer.status));
        window.location.assign(answer.url);
      } catch {
        window.vaguemestre?.notify("L’ordre n’a pas pu être gardé. Réessayez dans une minute.", "warn");
      }
    }
  },
);
