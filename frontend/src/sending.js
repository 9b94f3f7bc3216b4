// Leaving: once whatever is clicked, taken back while there is time, and told how it ended.
import { Away, Refused, SignedOut } from "./server.js";

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Sending {
  constructor(form, server, { onSent, onBack, onRefused, onDone }) {
    this.server = server;
    this.panel = document.querySelector("#sent");
    this.attempt = Number(form.dataset.attempt);
    this.isFramed = document.body.classList.contains("framed");
    this.undo = Number(form.dataset.undo) * 1000;
    this.home = new URL("../", new URL(form.dataset.home, location.href)).pathname;
    Object.assign(this, { onSent, onBack, onRefused, onDone });
  }

  // The attempt's number makes a second click, a retry and a second window the same sending.
  async leave(fields, later) {
    for (let tries = 0; ; tries += 1) {
      try {
        const told = await this.server.post("envoyer/", { ...fields, attempt: this.attempt, later });
        this.onSent(told);
        this.tell(told, later);
        return;
      } catch (error) {
        if (!(error instanceof Away) || tries >= 3) throw error;
        await pause(700 * (tries + 1));
      }
    }
  }

  tell(told, later) {
    let words = later ? `Courriel programmé pour le ${told.due}` : "Courriel envoyé";
    const isDamped = !later && told.held_ms > 10 * 60 * 1000;
    if (isDamped) words = `Beaucoup de réponses à tous circulent déjà : la vôtre partira le ${told.due}`;
    const line = document.createElement("p");
    const text = document.createElement("span");
    text.textContent = words;
    line.append(window.vaguemestre.icon("circle-check"), text);
    this.panel.hidden = false;
    this.panel.replaceChildren(line);
    if (!this.isFramed) {
      const back = document.createElement("a");
      back.href = this.home;
      back.textContent = "Retour à la messagerie";
      this.panel.append(back);
    }
    if (told.state === "held") this.offerUndo(later || isDamped ? 0 : told.held_ms);
    this.follow(later || isDamped ? told.held_ms : 0);
  }

  offerUndo(left) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn line";
    button.textContent = "Annuler l’envoi";
    button.addEventListener("click", () => this.takeBack(button));
    this.panel.append(button);
    if (left) setTimeout(() => button.remove(), Math.min(left, this.undo));
    button.focus({ preventScroll: true });
  }

  async takeBack(button) {
    button.disabled = true;
    try {
      const told = await this.server.post("annuler/", {});
      this.following = null;
      this.attempt = told.attempt;
      this.panel.hidden = true;
      this.onBack(told);
    } catch (error) {
      button.disabled = false;
      if (error instanceof Refused) {
        button.remove();
        this.say(error.message);
      } else this.say(error instanceof SignedOut ? "Votre session est terminée : reconnectez-vous." : "Pas de réseau : réessayez.");
    }
  }

  say(sentence) {
    const line = document.createElement("p");
    line.className = "small";
    line.textContent = sentence;
    this.panel.append(line);
  }

  // Asked until the message is filed, or did not leave; never winds the session's clock.
  async follow(wait) {
    const mine = (this.following = Symbol("sending"));
    if (wait > 120000) return this.onDone({ state: "held" });
    await pause(wait);
    for (let turn = 0; mine === this.following && turn < 400; turn += 1) {
      await pause(turn < 40 ? 1000 : 5000);
      if (mine !== this.following) return; // taken back meanwhile
      let told;
      try {
        told = await this.server.ask(`${this.server.address("etat/")}?attempt=${this.attempt}`, { headers: { "X-By-Itself": "1" } });
      } catch (error) {
        if (error instanceof Refused) return;
        continue;
      }
      if (mine !== this.following) return;
      if (told.state === "refused") {
        this.panel.hidden = true;
        this.attempt += 1;
        return this.onRefused(told);
      }
      if (told.state === "filed") return this.onDone(told);
    }
  }
}
