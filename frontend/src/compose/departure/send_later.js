// « Envoyer plus tard »: a moment proposed, or a day and an hour typed.
import { listenToDialogs } from "../../ui/dialogs.js";
import { CALENDAR, load } from "../../ui/dom.js";

/**
 * The moment typed, as the server reads it; a day without an hour begins at eight.
 * @param {string} day
 * @param {string} hour
 */
export const chosenMoment = (day, hour) => `${day.trim()} ${hour.trim() || "08:00"}`;

/**
 * Whether it is Sunday where the mail is sent from.
 * @param {Date} now
 */
export const isSunday = (now) =>
  now.toLocaleDateString("en", { weekday: "short", timeZone: "Europe/Paris" }) === "Sun";

/**
 * Whether it is before eight there: whoever writes in the small hours may mean this very morning.
 * @param {Date} now
 */
export const isBeforeMorning = (now) =>
  Number(now.toLocaleString("en", { hour: "2-digit", hourCycle: "h23", timeZone: "Europe/Paris" })) < 8;

export class SendLater {
  /** @param {(later: string) => void} send */
  constructor(send) {
    const dialog = document.querySelector("#later-dialog");
    this.dialog = dialog;
    this.refusal = dialog.querySelector("#later-error");
    document.querySelector("#later").addEventListener("click", () => {
      load(CALENDAR);
      this.refusal.hidden = true;
      const now = new Date();
      dialog.querySelector('[data-later="today"]').hidden = !isBeforeMorning(now);
      dialog.querySelector('[data-later="monday"]').hidden = isSunday(now); // it is tomorrow
      dialog.showModal();
    });
    for (const button of dialog.querySelectorAll("[data-later]"))
      button.addEventListener("click", () => send(button.dataset.later));
    listenToDialogs("#later-dialog");
    dialog.querySelector("#later-send").addEventListener("click", () => {
      send(chosenMoment(dialog.querySelector("#later-day").value, dialog.querySelector("#later-hour").value));
    });
  }

  close() {
    this.dialog.close();
  }

  /** @param {string} sentence why this moment was refused */
  refuse(sentence) {
    this.refusal.textContent = sentence;
    this.refusal.hidden = false;
    this.dialog.showModal();
    this.dialog.querySelector("#later-day").focus();
  }
}
