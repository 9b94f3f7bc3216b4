// How the list is sorted and narrowed, and the day it is taken to.
import { CALENDAR, find, load } from "../../ui/dom.js";
import { Refused, fetchFragment, tell } from "../../ui/http.js";

/** @typedef {HTMLFormElement & {day: HTMLInputElement}} DayForm */

export class ListView {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    /** @type {HTMLDialogElement} */
    this.dialog = find("#day-dialog");
    app.addEventListener("submit", (event) => this.#applyLook(event));
    this.dialog.querySelector("form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      this.#goToDay(/** @type {DayForm} */ (event.target));
    });
  }

  askDay() {
    if (this.app.section.dataset.order !== "date") {
      tell("On va à une date dans une liste triée par date.", "dark", 5);
      return;
    }
    this.dialog.querySelector(".error").hidden = true;
    load(CALENDAR);
    this.dialog.showModal();
    this.dialog.querySelector("input").select();
  }

  /**
   * Sorting and narrowing are an address like any other.
   * @param {SubmitEvent} event
   */
  #applyLook(event) {
    const form = event.target.closest(".looks form");
    if (!form) return;
    event.preventDefault();
    form.closest("details").open = false;
    const query = new URLSearchParams(
      /** @type {URLSearchParams} */ (/** @type {unknown} */ (new FormData(form))),
    );
    if (query.get("tri") === "date") query.delete("tri");
    if (!query.get("sens")) query.delete("sens");
    this.app.visit(form.action + (query.toString() ? `?${query}` : ""));
  }

  /** @param {DayForm} form */
  async #goToDay(form) {
    const { list } = this.app;
    try {
      const query = new URLSearchParams(list.query);
      query.set("day", form.day.value);
      const address = `${list.url.replace(/lignes\/$/u, "jour/")}?${query}`;
      const { offset } = await (await fetchFragment(address)).json();
      this.dialog.close();
      find(".looks").open = false;
      await list.goTo(offset);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const refusal = this.dialog.querySelector(".error");
      refusal.textContent = error.message;
      refusal.hidden = false;
      form.day.focus();
    }
  }
}
