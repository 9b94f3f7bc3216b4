// What the composer says around the text: a trouble, a question with its answers, where the text is saved.

import { hour } from "../ui/french.js";

/** @type {Record<string, string>} */
const SAVED = {
  saving: "Enregistrement…",
  restored: "Texte retrouvé sur cet appareil",
  forked: "Brouillon modifié ailleurs : les deux versions sont gardées",
  away: "Hors connexion : votre texte est gardé sur cet appareil",
};

const USUAL = new Set(["saving", "saved"]); // a dock shows these beside its title

/**
 * Where the text is saved, as it is said beside the buttons.
 * @param {string} state
 * @param {string} sentence of the server, when it refused
 */
export function savedSentence(state, sentence = "", now = new Date()) {
  if (state === "saved") return `Enregistré à ${hour(now)}`;
  if (state === "trouble") return sentence || "Votre texte est gardé sur cet appareil.";
  return SAVED[state] ?? "";
}

export class PageNotices {
  constructor() {
    this.trouble = document.querySelector("#trouble");
    this.question = document.querySelector("#question");
    this.saved = document.querySelector("#saved");
  }

  /** @param {string} sentence */
  say(sentence) {
    this.trouble.querySelector("span").textContent = sentence;
    this.trouble.hidden = !sentence;
    if (sentence) this.trouble.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {string} kind
   * @param {string} sentence
   * @param {HTMLElement[]} controls
   */
  ask(kind, sentence, controls) {
    const words = document.createElement("span");
    words.textContent = sentence;
    const actions = document.createElement("span");
    actions.className = "actions";
    actions.append(...controls);
    this.question.dataset.kind = kind;
    this.question.replaceChildren(window.vaguemestre.icon("alert-triangle"), words, actions);
    this.question.hidden = false;
    this.question.scrollIntoView({ block: "nearest" }); // on a telephone the top of a long message is far away
    // What one asked for waits for an answer; a session that ended while one writes does not take the keys away.
    if (kind !== "sign-in") actions.querySelector("button").focus({ preventScroll: true });
  }

  /**
   * Take the question away: any, or one of a kind.
   * @param {string} [kind]
   */
  withdraw(kind) {
    if (!kind || this.question.dataset.kind === kind) this.question.hidden = true;
  }

  /**
   * An answer to a question.
   * @param {string} words
   * @param {() => void} act
   * @param {string} look classes
   */
  button(words, act, look = "btn line") {
    const button = document.createElement("button");
    button.type = "button";
    button.className = look;
    button.textContent = words;
    button.addEventListener("click", () => {
      this.withdraw();
      act();
      if (document.activeElement === document.body) document.querySelector("#send").focus();
    });
    return button;
  }

  /**
   * Returns what a dock may show of it.
   * @param {string} state
   * @param {string} sentence
   */
  tellSaved(state, sentence = "") {
    if (state === "signed-out") this.askSignIn();
    else if (state === "sent-elsewhere") this.say("Ce courriel a déjà été envoyé depuis une autre fenêtre.");
    else this.#showSaved(state, sentence);
    return USUAL.has(state) ? savedSentence(state) : "";
  }

  /**
   * @param {string} state
   * @param {string} sentence
   */
  #showSaved(state, sentence) {
    this.saved.textContent = savedSentence(state, sentence);
    this.saved.toggleAttribute("data-needed", !USUAL.has(state));
    if (state === "saved") this.withdraw("sign-in");
  }

  askSignIn() {
    this.saved.textContent = "Votre texte est gardé sur cet appareil";
    this.saved.toggleAttribute("data-needed", true);
    if (!this.question.hidden && this.question.dataset.kind === "sign-in") return;
    const link = document.createElement("a");
    link.href = "/alogin";
    link.target = "_blank";
    link.rel = "opener";
    link.textContent = "Se reconnecter dans une autre fenêtre";
    this.ask("sign-in", "Votre session est terminée. Votre texte reste ici.", [link]);
  }
}
