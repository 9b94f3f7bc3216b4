// Choosing several messages: boxes, Shift and Ctrl, and the bar that says how many and what can be done with them.
import { agree, number } from "../../ui/french.js";

export class SelectionBar {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    /** @type {MessageRow | null} */
    this.last = null;
    app.addEventListener("change", (event) => this.#pickRow(event));
    app.addEventListener("click", (event) => this.#clickedBox(event));
  }

  /**
   * @param {MessageRow} row
   * @param {boolean} on
   */
  pick(row, on = !this.app.list.selected.has(row.dataset.ref)) {
    this.app.list.select(row, on);
    this.last = row;
    this.show();
  }

  clear() {
    this.app.list.unselect();
    this.app.section.classList.remove("selecting");
    this.show();
  }

  // What is shown; once more, everything the list holds.
  selectAll() {
    const { list } = this.app;
    const areAllPicked = list.selected.size >= list.rows.length;
    list.selectShown();
    list.whole = areAllPicked && list.use !== "boxes";
    this.show();
  }

  // The boxes shown, or hidden with what they had chosen.
  toggleBoxes() {
    const on = this.app.section.classList.toggle("selecting");
    if (!on) this.app.list.unselect();
    this.show();
  }

  /**
   * Shift and Ctrl on a row choose it as they do anywhere, and a finger while the boxes are asked for: beside
   * them is too small a place to hit. Says whether the click did.
   * @param {PointerEvent} event
   * @param {MessageRow} row
   */
  takesClick(event, row) {
    const { list, section } = this.app;
    if (event.pointerType === "touch" && section.classList.contains("selecting")) {
      this.pick(row);
      return true;
    }
    if (event.shiftKey && !event.ctrlKey && !event.metaKey) {
      const from = this.last?.isConnected ? this.last : list.current;
      list.selectBetween(from ?? row, row);
      this.show();
      return true;
    }
    if ((event.ctrlKey || event.metaKey) && list.selected.size) {
      this.pick(row);
      return true;
    }
    return false;
  }

  show() {
    const { list, section } = this.app;
    const count = list.selected.size;
    const bar = section.querySelector(".bulk");
    bar.hidden = !count;
    const total = number(list.total);
    bar.querySelector(".picked").textContent = list.whole
      ? `Les ${total} sélectionnés`
      : `${count} ${agree(count, "sélectionné")}`;
    const areAllPicked = list.rows.every((row) => list.selected.has(row.dataset.ref));
    const whole = bar.querySelector(".whole");
    whole.hidden = list.whole || (areAllPicked && (list.use === "boxes" || count >= list.total));
    whole.textContent = areAllPicked ? `${wholeName(list)} (${total})` : "Tout sélectionner";
    const isSelecting = section.classList.contains("selecting") || count > 0;
    section.querySelector('[data-do="select"]').setAttribute("aria-pressed", String(isSelecting));
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    if (!count && bar.contains(focused)) {
      focused.blur();
      this.app.restoreFocus();
    }
  }

  /** @param {ElementEvent} event */
  #pickRow(event) {
    const row = event.target.closest("li.row");
    if (row && event.target.matches(".pick input")) this.pick(row, event.target.checked);
  }

  /** @param {MouseEvent} event */
  #clickedBox(event) {
    const row = event.target.closest("label.pick")?.closest("li.row");
    const from = this.last;
    if (!row || !event.shiftKey || !from?.isConnected) return;
    setTimeout(() => {
      this.app.list.selectBetween(from, row); // once the box itself has been ticked
      this.show();
    });
  }
}

/** @param {{searched: string, query: string}} list */
function wholeName(list) {
  if (list.searched) return "Toute la recherche";
  return list.query ? "Tout ce qui est montré" : "Tout le dossier";
}
