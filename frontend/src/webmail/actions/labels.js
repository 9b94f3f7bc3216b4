// Labels: put on messages, taken off, made, named and painted again.
import { create, find, load } from "../../ui/dom.js";
import { counted } from "../../ui/french.js";
import { tellRefusal } from "../../ui/http.js";
import { undoLast } from "./undo.js";

export class Labels {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    /** @type {string[]} the messages that bear them, or will */
    this.refs = [];
    /** @type {HTMLDialogElement} */
    this.dialog = find("#label-dialog");
    if (!this.dialog) return;
    /** @type {LabelForm} */
    this.form = this.dialog.querySelector("form");
    this.dialog.addEventListener("change", (event) => {
      if (event.target.matches("input[data-mark]")) this.#put(/** @type {LabelBox} */ (event.target));
    });
    this.dialog.addEventListener("click", (event) => {
      const mark = event.target.closest("[data-label-edit]")?.dataset.labelEdit;
      if (mark) this.#edit(mark);
      if (event.target.closest("[data-label-drop]")) this.#useForm((tools) => tools.drop(this));
    });
    this.dialog.addEventListener("keydown", (event) => this.#undoes(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#useForm((tools) => tools.save(this));
    });
    app.addEventListener("click", (event) => {
      if (event.target.closest("[data-label-manage]")) this.open([]);
    });
  }

  /** @param {(tools: typeof import("../on_use/label_form.js")) => Promise<void>} use */
  #useForm(use) {
    load("webmail/on_use/label_form.js").then(use).catch(tellRefusal);
  }

  // Ctrl+Z among the labels: of the label ticked last.
  /** @param {KeyboardEvent} event */
  #undoes(event) {
    const isOurs = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!isOurs || event.target.matches("input[type=text]")) return;
    event.preventDefault();
    const { refs } = this;
    undoLast().then(() => {
      if (refs === this.refs) this.#showAll();
    });
  }

  #showAll() {
    for (const box of this.dialog.querySelectorAll("input[data-mark]")) this.#show(box);
  }

  // Everything the list shows, beyond what is loaded.
  openForWhole() {
    this.open([]);
    this.isForWhole = true;
    this.dialog.querySelector("h2").textContent = `Étiquettes de ${counted(this.app.list.total, "courriel")}`;
    for (const box of this.dialog.querySelectorAll("input[data-mark]")) {
      box.disabled = false;
      box.checked = this.app.list.searched === `étiquette:"${box.dataset.name}"`;
      box.indeterminate = !box.checked; // some may bear it, nobody counted
    }
  }

  /** @param {string[]} refs */
  open(refs) {
    this.refs = refs;
    this.isForWhole = false;
    this.#edit("");
    this.dialog.querySelector("h2").textContent =
      refs.length > 1
        ? `Étiquettes de ${refs.length} courriels`
        : refs.length
          ? "Étiquettes du courriel"
          : "Étiquettes";
    this.#showAll();
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** @param {string} ref */
  #marks(ref) {
    const row = this.app.list.row(ref);
    const open = this.app.openMessage;
    const said = row?.dataset.labels ?? (open?.dataset.ref === ref ? open.dataset.labels : "") ?? "";
    return said.toLowerCase().split(" ");
  }

  /** @param {LabelBox} box */
  #show(box) {
    const have = this.refs.filter((ref) => this.#marks(ref).includes(box.dataset.mark.toLowerCase())).length;
    box.disabled = !this.refs.length;
    box.checked = have > 0 && have === this.refs.length;
    box.indeterminate = have > 0 && have < this.refs.length;
  }

  /** @param {LabelBox} box */
  async #put(box) {
    const { refs } = this; // others, if the dialog is opened again before the answer
    const { mark } = box.dataset;
    const isPut = box.checked;
    const act = isPut ? "label" : "unlabel";
    if (this.isForWhole) {
      this.dialog.close();
      this.onWhole(act, mark);
    } else if (!(await this.app.act(act, refs, { mark })) && refs === this.refs) this.#show(box);
  }

  /**
   * @param {string} act
   * @param {string} mark
   */
  onWhole(act, mark) {
    this.app.selection.clear();
    this.app.actions.whole(act, { mark });
  }

  /**
   * The labels of the open message, one more or one less.
   * @param {MessageElement} message
   * @param {boolean} isPut
   * @param {string} mark
   * @returns {() => void} takes it back, if the message is still the one that is open
   */
  showOn(message, isPut, mark) {
    const { ref } = message.dataset;
    const before = marksOf(message);
    const others = before.filter((other) => other.toLowerCase() !== mark.toLowerCase());
    this.draw(message, isPut ? [...others, mark] : others);
    return () => {
      if (message.dataset.ref === ref) this.draw(message, before);
    };
  }

  /**
   * @param {MessageElement} message
   * @param {string[]} marks
   */
  draw(message, marks) {
    message.dataset.labels = marks.join(" ");
    message.querySelector(".labels")?.replaceChildren(
      ...marks.map((mark) => {
        const chip = create("span");
        chip.className = `chip lab-${this.#box(mark)?.dataset.colour ?? "grey"}`;
        chip.textContent = this.nameOf(mark);
        return chip;
      }),
    );
  }

  /**
   * @param {string} mark
   * @returns {LabelBox | null}
   */
  #box(mark) {
    return this.dialog.querySelector(`input[data-mark="${CSS.escape(mark)}" i]`);
  }

  /** @param {string} mark */
  nameOf(mark) {
    return this.#box(mark)?.dataset.name ?? mark;
  }

  /**
   * The messages that an act on a label will change, as far as the page shows.
   * @param {string} act
   * @param {string} mark
   * @param {string[]} refs
   */
  refsToChange(act, mark, refs) {
    return refs.filter((ref) => this.#marks(ref).includes(mark.toLowerCase()) !== (act === "label"));
  }

  /** @param {string} mark */
  #edit(mark) {
    const box = mark ? this.#box(mark) : null;
    const { mark: chosen, name, colour } = this.form.elements;
    chosen.value = mark;
    name.value = box?.dataset.name ?? "";
    colour.value = box?.dataset.colour ?? "blue";
    this.form.querySelector("h3").textContent = box ? "Modifier l’étiquette" : "Nouvelle étiquette";
    this.form.querySelector("[data-label-drop]").hidden = !box;
    this.form.querySelector(".error").hidden = true;
    if (box) name.select();
  }
}

/** @param {MessageElement} message */
function marksOf(message) {
  return (message.dataset.labels ?? "").split(" ").filter(Boolean);
}
