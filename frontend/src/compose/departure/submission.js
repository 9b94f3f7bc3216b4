// Leaving: once whatever is clicked, taken back while there is time, and told how it ended.
import { IN_BACKGROUND } from "../../ui/http.js";
import { pause } from "../../ui/pause.js";
import { Away, Refused, SignedOut } from "../server.js";

const GRACE_MS = 5000; // the server holds a message a little longer than it offers to take it back
const MAX_TRIES = 4; // of leaving, while nobody answers
const DAMPED_MS = 10 * 60_000; // held for longer than that unasked: too many answers to all are on their way
const MAX_FOLLOWED_WAIT_MS = 120_000; // a message held for longer is not waited for in this page
const MAX_TURNS = 400; // asking how far it is: half an hour
const QUICK_TURNS = 40; // the first of them, a second apart

/** @type {(left: number) => string} */
const countdown = (left) => `Envoi dans ${Math.max(1, Math.ceil(left / 1000))} s`;

export class Submission {
  /**
   * @param {ComposerForm} form
   * @param {Server} server
   * @param {SubmissionPage} page
   */
  constructor(form, server, { onSent, onSized, onLeft, onBack, onRefused, onDone }) {
    this.server = server;
    this.onSent = onSent;
    this.onSized = onSized;
    this.onLeft = onLeft;
    this.onBack = onBack;
    this.onRefused = onRefused;
    this.onDone = onDone;
    this.words = document.createElement("span");
    this.line = document.createElement("p");
    /** @type {HTMLElement} */
    this.panel = document.querySelector("#sent");
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      if (this.undoSending()) event.preventDefault(); // the browser would undo what was typed
    });
    new ResizeObserver(() => this.onSized(this.panel.offsetHeight)).observe(this.panel);
    this.attempt = Number(form.dataset.attempt);
    this.isFramed = document.body.classList.contains("framed");
    this.undo = Number(form.dataset.undo) * 1000;
    this.home = new URL("../", new URL(form.dataset.home, location.href)).pathname;
  }

  // The attempt's number makes a second click, a retry and a second window the same sending.
  /**
   * @param {DraftFields} fields
   * @param {string} later
   */
  async leave(fields, later) {
    for (let tries = 0; ; tries += 1) {
      try {
        const sending = await this.server.post("envoyer/", { ...fields, attempt: this.attempt, later });
        this.onSent(sending);
        this.tell(sending, later);
        return;
      } catch (error) {
        if (!(error instanceof Away) || tries >= MAX_TRIES - 1) throw error;
        await pause(700 * (tries + 1));
      }
    }
  }

  // The status of the sending: held while it can be taken back, on its way, gone.
  /**
   * @param {SendingState} sending
   * @param {string} [later] the hour asked for, "" for now; not known of a page loaded again
   */
  tell(sending, later) {
    const left = sending.state === "held" ? Math.min(sending.held_ms, this.undo) : 0;
    const isDamped = later === "" && sending.held_ms > DAMPED_MS;
    const isLater = sending.state === "held" && (later || isDamped || sending.held_ms > this.undo + GRACE_MS);
    this.words = document.createElement("span");
    this.line = document.createElement("p");
    this.line.append(this.words);
    this.panel.hidden = false;
    this.panel.replaceChildren(this.line);
    if (!this.isFramed) {
      const back = document.createElement("a");
      back.href = this.home;
      back.textContent = "Retour à la messagerie";
      this.panel.append(back);
    }
    if (isDamped)
      this.show(
        "circle-check",
        `Beaucoup de réponses à tous circulent déjà : la vôtre partira le ${sending.due}`,
      );
    else if (isLater) this.show("circle-check", `Courriel programmé pour le ${sending.due}`);
    else if (left) this.show("clock", countdown(left));
    else this.showProgress(sending);
    if (isLater || left) this.offerUndo(isLater ? 0 : left);
    this.follow(sending.held_ms);
  }

  // Says whether there was something to take back.
  undoSending() {
    const button = this.panel.hidden ? null : this.panel.querySelector("button:enabled");
    if (button) this.takeBack(button);
    return Boolean(button);
  }

  hide() {
    this.panel.hidden = true;
    this.panel.replaceChildren();
  }

  /**
   * @param {string} icon
   * @param {string} words
   */
  show(icon, words) {
    this.line.replaceChildren(window.vaguemestre.icon(icon), this.words);
    this.line.classList.toggle("left", icon === "circle-check");
    this.words.textContent = words;
  }

  // Said once it has left, and not before.
  /** @param {{state: string, is_held_back?: boolean}} sending */
  showProgress({ state, is_held_back }) {
    if (is_held_back) this.showHeldBack();
    else if (state === "submitted" || state === "filed") this.show("circle-check", "Courriel envoyé");
    else if (state === "stopped") this.show("clock", "Envoi suspendu : l’assistance doit l’autoriser");
    else if (state === "cancelled") this.show("clock", "Envoi annulé");
    else this.show("send", "Envoi en cours…");
  }

  // Nobody gets it before its author confirms it: where that is done is said beside.
  showHeldBack() {
    if (this.line.querySelector("a")) return;
    this.show("clock", "Courriel retenu, rien n’est parti. ");
    const link = document.createElement("a");
    link.href = `${this.home}envois/retenus/`;
    link.target = "_top";
    link.textContent = "Confirmez qu’il est de vous";
    this.line.append(link);
  }

  // `left`: milliseconds to take it back, counted down in sight; 0 without a count.
  /** @param {number} left */
  offerUndo(left) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn line";
    button.textContent = "Annuler l’envoi";
    button.addEventListener("click", () => this.takeBack(button));
    this.panel.append(button);
    // In a docked frame the keys belong to the page around it: Enter there opens the next message.
    if (!this.isFramed) button.focus({ preventScroll: true });
    if (!left) return;
    this.words.setAttribute("aria-live", "off"); // heard once, not every second
    const until = performance.now() + left;
    this.counting = setInterval(() => {
      const rest = until - performance.now();
      if (rest > 0) return this.show("clock", countdown(rest));
      this.endCountdown(button);
    }, 250);
  }

  /** @param {HTMLButtonElement} button */
  endCountdown(button) {
    clearInterval(this.counting);
    if (button.disabled) return; // being taken back
    this.onLeft();
    const hadFocus = document.activeElement === button;
    button.remove();
    this.words.removeAttribute("aria-live");
    this.showProgress({ state: "queued" });
    if (hadFocus) this.panel.focus({ preventScroll: true });
  }

  /** @param {HTMLButtonElement} button */
  async takeBack(button) {
    button.disabled = true;
    clearInterval(this.counting);
    try {
      const sending = await this.server.post("annuler/", {});
      this.followed = null;
      this.attempt = sending.attempt;
      this.hide();
      this.onBack(sending);
    } catch (error) {
      button.disabled = false;
      if (error instanceof Refused) {
        this.endCountdown(button);
        this.say(error.message);
      } else
        this.say(
          error instanceof SignedOut
            ? "Votre session est terminée : reconnectez-vous."
            : "Pas de réseau : réessayez.",
        );
    }
  }

  /** @param {string} sentence */
  say(sentence) {
    const line = document.createElement("p");
    line.className = "small";
    line.textContent = sentence;
    this.panel.append(line);
  }

  // Asked until the message is filed, or did not leave; never winds the session's clock.
  /** @param {number} wait milliseconds */
  async follow(wait) {
    const followed = (this.followed = Symbol("sending"));
    if (wait > MAX_FOLLOWED_WAIT_MS) return this.onDone({ state: "held" });
    await pause(wait);
    for (let turn = 0; followed === this.followed && turn < MAX_TURNS; turn += 1) {
      await pause(turn < QUICK_TURNS ? 1000 : 5000);
      if (followed !== this.followed) return; // taken back meanwhile
      /** @type {SendingState} */
      let sending;
      try {
        sending = await this.server.ask(`${this.server.address("etat/")}?attempt=${this.attempt}`, {
          headers: IN_BACKGROUND,
        });
      } catch (error) {
        if (error instanceof Refused) return;
        continue;
      }
      if (followed !== this.followed) return;
      if (sending.state === "refused") {
        this.hide();
        this.attempt += 1;
        return this.onRefused(sending);
      }
      if (sending.state !== "held") this.showProgress(sending);
      if (sending.state === "filed") return this.onDone(sending);
      if (sending.state === "stopped" || sending.state === "cancelled") return;
    }
  }
}
