// A calendar beside a text field of dates: <date-field class="with-button"><input …></date-field>.
// The text stays the value; the picker only writes it.
"use strict";

customElements.define(
  "date-field",
  class extends HTMLElement {
    connectedCallback() {
      const text = this.querySelector("input");
      if (!text || this.querySelector("button") || !HTMLInputElement.prototype.showPicker) return;
      const picker = document.createElement("input");
      picker.type = "date";
      picker.tabIndex = -1;
      picker.setAttribute("aria-hidden", "true");
      picker.className = "picker";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "tool";
      button.append(window.vaguemestre.icon("calendar"));
      button.setAttribute("aria-label", "Ouvrir le calendrier");
      const label = document.querySelector(`label[for="${text.id}"]`);
      if (label) {
        label.id ||= `${text.id}_label`;
        button.setAttribute("aria-describedby", label.id);
      }
      button.addEventListener("click", () => {
        picker.value = isoOf(text.value);
        picker.showPicker();
      });
      picker.addEventListener("change", () => {
        if (picker.value) text.value = picker.value.split("-").reverse().join("/");
        text.dispatchEvent(new Event("input", { bubbles: true }));
        text.focus();
      });
      this.append(picker, button);
    }
  },
);

function isoOf(typed) {
  const pieces = typed.match(/\d+/g) ?? [];
  if (pieces.length !== 3) return "";
  if (pieces[2].length === 4) pieces.reverse();
  return pieces.map((piece) => piece.padStart(2, "0")).join("-");
}
