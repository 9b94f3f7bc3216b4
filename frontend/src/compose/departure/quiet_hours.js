// Outside working time, a morning is proposed; what must leave now still does, by an explicit choice.
import { guardFromTyping } from "../../ui/focus_guard.js";
import { IN_BACKGROUND } from "../../ui/http.js";

const LOOK_MS = 300_000; // between two looks at the hour

export class QuietHours {
  /**
   * @param {HTMLElement} form
   * @param {Server} server
   * @param {(options: Partial<SendOptions>) => unknown} send
   */
  constructor(form, server, send) {
    this.strip = document.querySelector("#quiet");
    this.server = server;
    this.send = send;
    /** @type {Set<string> | undefined} questions answered on the way here, not asked again */
    this.sure = undefined;
    this.address = this.strip.dataset.address;
    this.look();
    setInterval(() => form.hidden || this.look(), LOOK_MS);
  }

  // Never winds the session's clock; without an answer nothing is proposed.
  async look() {
    try {
      this.show(await this.server.ask(this.address, { headers: IN_BACKGROUND }));
    } catch {
      this.strip.hidden = true;
    }
  }

  /** @param {{until?: string, words?: string}} morning */
  show(morning) {
    this.strip.hidden = !morning.until;
    if (!morning.until) return;
    const words = document.createElement("span");
    words.textContent = "Vous écrivez en dehors des heures de travail.";
    const later = this.button(`Envoyer ${morning.words}`, () =>
      this.send({ later: morning.until, sure: this.sure }),
    );
    this.strip.replaceChildren(window.vaguemestre.icon("moon"), words, later);
  }

  // The académie wants a choice: the same two ways out, said at the moment of sending.
  /**
   * @param {string} sentence
   * @param {Set<string>} sure
   */
  async insist(sentence, sure) {
    this.sure = sure;
    await this.look();
    this.strip.hidden = false;
    this.strip.querySelector("span")?.replaceChildren(sentence);
    const now = this.button("Envoyer maintenant", () => this.send({ now: true, sure }));
    this.strip.append(now);
    now.focus();
  }

  /**
   * @param {string} words
   * @param {() => unknown} act
   */
  button(words, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn line";
    button.textContent = words;
    button.addEventListener("click", act);
    guardFromTyping(button);
    return button;
  }
}
