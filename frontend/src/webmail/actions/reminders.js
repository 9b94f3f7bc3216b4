// « Me le rappeler » and « Me prévenir sans réponse »: a moment chosen by its name or by a date.
import { CALENDAR, find, load } from "../../ui/dom.js";
import { addUndo } from "./undo.js";
import { Refused, fetchFragment, send, tell, tellRefusal } from "../../ui/http.js";

const AT_ONCE = 100; // the server takes so many at a time

export class Reminders {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    /** @type {string[]} */
    this.refs = [];
    /** @type {HTMLDialogElement} */
    this.dialog = find("#remind-dialog");
    this.dialog.addEventListener("click", (event) => {
      const when = event.target.closest("[data-when]")?.dataset.when;
      if (when) this.#choose({ when });
    });
    this.dialog.querySelector("form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      this.#choose({ when: "date", day: event.target.day.value, hour: event.target.hour.value });
    });
  }

  // Everything the list shows: the worker does it.
  openForWhole() {
    return this.#showDialog([], false, true);
  }

  /**
   * @param {string[]} refs
   * @param {boolean} isAnswer
   */
  async open(refs, isAnswer = false) {
    if (refs.length) await this.#showDialog(refs, isAnswer);
  }

  /**
   * @param {string[]} refs
   * @param {boolean} isAnswer
   * @param {boolean} isWhole
   */
  async #showDialog(refs, isAnswer, isWhole = false) {
    this.refs = refs;
    this.isWhole = isWhole;
    this.isAnswer = isAnswer;
    this.dialog.querySelector("h2").textContent = isAnswer ? "Me prévenir sans réponse" : "Me le rappeler";
    this.dialog.querySelector(".hint").hidden = !isAnswer;
    this.dialog.querySelector(".error").hidden = true;
    try {
      this.dialog.querySelector(".moments-place").innerHTML = await (
        await fetchFragment(this.dataset.moments)
      ).text();
    } catch (error) {
      tellRefusal(error);
      return;
    }
    load(CALENDAR);
    this.dialog.showModal();
    this.dialog.querySelector("[data-when]").focus();
  }

  get dataset() {
    return this.dialog.dataset;
  }

  /** @param {Record<string, string>} when */
  async #choose(when) {
    const { app, refs, isAnswer } = this;
    if (this.isWhole) {
      this.dialog.close();
      app.selection.clear();
      app.actions.whole("put-off", { when });
      return;
    }
    /** @type {{reminders: string[], until: string}} */
    const told = { reminders: [], until: "" };
    try {
      for (let start = 0; start < refs.length; start += AT_ONCE) {
        const fields = new URLSearchParams([
          ...refs.slice(start, start + AT_ONCE).map((ref) => ["ref", ref]),
          ...Object.entries(when),
        ]);
        const some = await (await send(isAnswer ? this.dataset.awaits : this.dataset.putsOff, fields)).json();
        told.reminders.push(...some.reminders);
        told.until = some.until;
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const refused = this.dialog.querySelector(".error");
      refused.textContent = error.message;
      refused.hidden = false;
      return;
    }
    this.dialog.close();
    const taken = app.list;
    if (!isAnswer) {
      const next = app.list.after(refs, app.openRef);
      taken.take(refs);
      app.follow(refs, next);
      app.selection.show();
    }
    const notice = tell(
      isAnswer ? `Un rappel viendra si personne n’a répondu ${told.until}.` : `Rappel ${told.until}.`,
      "dark",
      8,
    );
    if (notice && told.reminders.length) {
      addUndo(notice, async () => {
        for (let start = 0; start < told.reminders.length; start += AT_ONCE) {
          await send(
            this.dataset.callsOff,
            new URLSearchParams(told.reminders.slice(start, start + AT_ONCE).map((one) => ["reminder", one])),
          );
        }
      });
    }
    await app.refresh(true);
    taken.settle(refs);
  }
}
