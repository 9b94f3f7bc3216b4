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

// Of a mailbox or a page: nothing else may become a link.
function linkAddress(typed) {
  if (/^(https?:\/\/|mailto:)/i.test(typed)) return typed;
  return /^[^\s@:]+@[^\s@]+$/.test(typed) ? `mailto:${typed}` : `https://${typed}`;
}

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
      if (command === "createLink") this.askLink();
      else this.run(command);
    }

    run(command, value = null) {
      this.editor.focus();
      document.execCommand(command, false, value);
      this.keep();
    }

    // A dialog takes the selection away: it is put back for what the dialog says.
    askLink() {
      const selection = window.getSelection();
      const range = this.editor.contains(selection.anchorNode) ? selection.getRangeAt(0).cloneRange() : null;
      const dialog = document.querySelector("#rich-link-dialog");
      const field = dialog.querySelector("input");
      field.value = "";
      dialog.querySelector("form").onsubmit = () => {
        dialog.close(); // what is behind an open one takes neither focus nor text
        this.editor.focus();
        if (range)
          selection.setBaseAndExtent(
            range.startContainer,
            range.startOffset,
            range.endContainer,
            range.endOffset,
          );
        this.putLink(field.value.trim(), selection.isCollapsed);
      };
      dialog.showModal();
    }

    putLink(typed, isAlone) {
      if (!typed) return;
      if (!isAlone) {
        this.run("createLink", linkAddress(typed));
        return;
      }
      const link = document.createElement("a");
      link.href = linkAddress(typed);
      link.textContent = typed;
      this.run("insertHTML", link.outerHTML);
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
