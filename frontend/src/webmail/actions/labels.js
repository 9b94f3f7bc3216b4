// Labels: put on messages, taken off, made, named and painted again.
import { create, find } from "../../ui/dom.js";
import { counted } from "../../ui/french.js";
import { Refused, send, tell, tellRefusal } from "../../ui/http.js";

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
      if (event.target.closest("[data-label-drop]")) this.#drop();
    });
    this.form.addEventListener("submit", (event) => this.#save(event));
    app.addEventListener("click", (event) => {
      if (event.target.closest("[data-label-manage]")) this.open([]);
    });
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
    for (const box of this.dialog.querySelectorAll("input[data-mark]")) this.#show(box);
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
      this.#onWhole(act, mark);
    } else if (await this.app.act(act, refs, { mark })) this.#showChips(refs, mark, isPut);
    else if (refs === this.refs) this.#show(box);
  }

  /**
   * @param {string} act
   * @param {string} mark
   */
  #onWhole(act, mark) {
    this.app.selection.clear();
    this.app.actions.whole(act, { mark });
  }

  /**
   * The open message says so too.
   * @param {string[]} refs
   * @param {string} mark
   * @param {boolean} isPut
   */
  #showChips(refs, mark, isPut) {
    const open = this.app.openMessage;
    if (!open || !refs.includes(open.dataset.ref)) return;
    const marks = new Set((open.dataset.labels ?? "").split(" ").filter(Boolean));
    if (isPut) marks.add(mark);
    else marks.delete(mark);
    open.dataset.labels = [...marks].join(" ");
    const place = open.querySelector(".labels");
    place?.replaceChildren(
      ...[...marks].map((name) => {
        const box = this.dialog.querySelector(`input[data-mark="${CSS.escape(name)}"]`);
        const chip = create("span");
        chip.className = `chip lab-${box?.dataset.colour ?? "grey"}`;
        chip.textContent = box?.dataset.name ?? name;
        return chip;
      }),
    );
  }

  /** @param {string} mark */
  #edit(mark) {
    const box = mark ? this.dialog.querySelector(`input[data-mark="${CSS.escape(mark)}"]`) : null;
    const { mark: chosen, name, colour } = this.form.elements;
    chosen.value = mark;
    name.value = box?.dataset.name ?? "";
    colour.value = box?.dataset.colour ?? "blue";
    this.form.querySelector("h3").textContent = box ? "Modifier l’étiquette" : "Nouvelle étiquette";
    this.form.querySelector("[data-label-drop]").hidden = !box;
    this.form.querySelector(".error").hidden = true;
    if (box) name.select();
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    event.preventDefault();
    const isNew = !this.form.elements.mark.value;
    try {
      const { mark } = await (await send(this.dialog.dataset.labels, new FormData(this.form))).json();
      if (isNew && this.refs.length) await this.app.act("label", this.refs, { mark });
      if (isNew && this.isForWhole) this.#onWhole("label", mark);
      this.dialog.close();
      tell(isNew ? "Étiquette créée." : "Étiquette modifiée.", "dark", 3);
      this.app.reload();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const refused = this.form.querySelector(".error");
      refused.textContent = error.message;
      refused.hidden = false;
    }
  }

  async #drop() {
    try {
      await send(this.dialog.dataset.labels, { remove: "1", mark: this.form.elements.mark.value });
      this.dialog.close();
      tell("Étiquette retirée de la liste.", "dark", 3);
      this.app.reload();
    } catch (error) {
      tellRefusal(error);
    }
  }
}
