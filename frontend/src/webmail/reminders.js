// « Me le rappeler » and « Me prévenir sans réponse »: a moment chosen by its name or by a date.
import { addButton } from "./acts.js";
import { Refused, piece, send, tell, tellRefusal } from "./net.js";

export class Reminders {
  constructor(app) {
    this.app = app;
    this.dialog = document.querySelector("#rappeler");
    this.dialog.addEventListener("click", (event) => {
      const when = event.target.closest("[data-when]")?.dataset.when;
      if (when) this.#choose({ quand: when });
    });
    this.dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#choose({ quand: "date", jour: event.target.jour.value });
    });
  }

  async open(refs, isAnswer = false) {
    if (!refs.length) return;
    this.refs = refs;
    this.isAnswer = isAnswer;
    this.dialog.querySelector("h2").textContent = isAnswer ? "Me prévenir sans réponse" : "Me le rappeler";
    this.dialog.querySelector(".hint").hidden = !isAnswer;
    this.dialog.querySelector(".error").hidden = true;
    try {
      this.dialog.querySelector(".moments-place").innerHTML = await (await piece(this.dataset.moments)).text();
    } catch (error) {
      tellRefusal(error);
      return;
    }
    this.dialog.showModal();
    this.dialog.querySelector("[data-when]").focus();
  }

  get dataset() {
    return this.dialog.dataset;
  }

  async #choose(when) {
    const { app, refs, isAnswer } = this;
    const fields = new URLSearchParams([...refs.map((ref) => ["ref", ref]), ...Object.entries(when)]);
    let told;
    try {
      told = await (await send(isAnswer ? this.dataset.awaits : this.dataset.putsOff, fields)).json();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const refused = this.dialog.querySelector(".error");
      refused.textContent = error.message;
      refused.hidden = false;
      return;
    }
    this.dialog.close();
    if (!isAnswer) {
      const next = app.list.after(refs, app.openRef);
      app.list.take(refs);
      app.follow(refs, next);
      app.showPicked();
    }
    const notice = tell(isAnswer ? `Vous serez prévenu(e) si personne n’a répondu ${told.until}.` : `Rappel ${told.until}.`, "dark", 8);
    if (notice && told.reminders.length) {
      addButton(notice, "Annuler", async () => {
        notice.remove();
        try {
          await send(this.dataset.callsOff, new URLSearchParams(told.reminders.map((one) => ["rappel", one])));
          tell("Annulé.", "dark", 3);
        } catch (error) {
          tellRefusal(error);
        }
        app.refresh();
      });
    }
    await app.refresh(true);
  }
}
