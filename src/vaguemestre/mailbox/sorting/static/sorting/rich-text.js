// <rich-text><textarea>…</textarea></rich-text>: the HTML of the text area, edited as it will be read.
// The text area stays the value that is sent; the server keeps only what may leave.
"use strict";

const COMMANDS = [
  ["bold", "Gras", "bold"],
  ["italic", "Italique", "italic"],
  ["insertUnorderedList", "Liste", "list"],
  ["insertOrderedList", "Liste numérotée", "list-numbers"],
  ["createLink", "Lien", "link"],
  ["removeFormat", "Effacer la mise en forme", "clear-formatting"],
];

customElements.define(
  "rich-text",
  class extends HTMLElement {
    connectedCallback() {
      this.source = this.querySelector("textarea");
      if (!this.source || this.querySelector("[contenteditable]")) return;
      this.editor = document.createElement("div");
      this.editor.contentEditable = "true";
      this.editor.className = "rich";
      this.editor.setAttribute("role", "textbox");
      this.editor.setAttribute("aria-multiline", "true");
      this.editor.setAttribute("aria-labelledby", `${this.source.id}_label`);
      const described = this.source.getAttribute("aria-describedby");
      if (described) this.editor.setAttribute("aria-describedby", described);
      this.editor.innerHTML = this.source.value; // made clean by the server
      this.editor.addEventListener("input", () => this.keep());
      this.editor.addEventListener("paste", (event) => this.paste(event));
      this.classList.add("edits"); // of ours: htmx puts back the attributes of what has an id
      this.append(this.tools(), this.editor);
      document
        .querySelector(`label[for="${this.source.id}"]`)
        ?.addEventListener("click", () => this.editor.focus());
    }

    tools() {
      const bar = document.createElement("div");
      bar.className = "rich-tools";
      bar.setAttribute("role", "group");
      bar.setAttribute("aria-label", "Mise en forme");
      for (const [command, name, sign] of COMMANDS) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "tool";
        button.title = name;
        button.setAttribute("aria-label", name);
        button.append(window.vaguemestre.icon(sign));
        button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
        button.addEventListener("click", () => this.act(command));
        bar.append(button);
      }
      return bar;
    }

    act(command) {
      let value = null;
      if (command === "createLink") {
        // eslint-disable-next-line no-alert -- one line of text, in a settings page: no dialog of its own is worth it
        value = window.prompt("Adresse du lien (https://… ou une adresse électronique) :");
        if (!value) return;
        if (/^[^\s@:]+@[^\s@]+$/.test(value)) value = `mailto:${value}`;
        if (!/^(https?:\/\/|mailto:)/i.test(value)) value = `https://${value}`;
      }
      this.editor.focus();
      document.execCommand(command, false, value);
      this.keep();
    }

    paste(event) {
      event.preventDefault();
      document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    }

    keep() {
      this.source.value = this.editor.innerHTML;
    }
  },
);
