// <vm-composer-dock>: composers in frames of their own, docked in the page, several at once.
// Opened by the window event "vm:compose" {mode, ref, to} or by any [data-compose] control.
import { AnswerPlace } from "./dock/answer_place.js";
import { buildBox, setSmall, toggleLarge } from "./dock/docked_box.js";
import { holdKeys, releaseKeys } from "./dock/keys_ahead.js";
import { sendLostDrafts } from "./dock/lost_drafts.js";
import { PhoneHistory } from "./dock/phone_history.js";
import { post } from "./dock/server.js";

const ANSWERS = new Set(["reply", "reply-all", "forward", "enclose"]);

const ASIDE = new Set(["sized", "changed", "kept"]); // news that say nothing of its sending
const TO_READ_MS = 6000; // how its sending ended stays in sight that long
const TO_CONFIRM_MS = 60_000; // when its author must do something about it
const UNDO = "#notices > [data-undo=possible]"; // the notice of an act that can be undone

class ComposerDock extends HTMLElement {
  /** @type {Map<string, DockedComposer>} by the draft's key */
  #open = new Map();
  #home = "";
  connectedCallback() {
    this.#home = this.dataset.url ?? "";
    window.vaguemestre.releaseKeys = releaseKeys;
    window.addEventListener("vm:compose", (event) => this.#compose(event.detail || {}));
    window.addEventListener("message", (event) => this.#hear(event));
    /** @type {AnswerPlace} */
    this.places = new AnswerPlace(this, this.#open);
    /** @type {PhoneHistory} */
    this.history = new PhoneHistory(this.#open, (composer) => this.#close(composer));
    document.addEventListener("click", (event) => this.#click(event), true);
    document.addEventListener("keydown", (event) => this.#hearsUndo(event), true);
    window.addEventListener("vm:undo", (event) => this.#takesBack(event));
    sendLostDrafts(this.#home, this.dataset.person ?? "", (key, url) =>
      this.#show(key, url, "Courriel retrouvé"),
    );
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const control = event.target.closest?.("[data-compose]");
    if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const place = control.closest("[data-folder]");
    const from = { ...(place ? place.dataset : {}), ...control.dataset };
    const { folder, uidValidity, uid, ofBox: box } = from;
    const ref = uid ? { folder, uidValidity, uid, box } : undefined;
    this.#compose({ mode: control.dataset.compose || "new", ref, to: control.dataset.to });
  }

  /** @param {KeyboardEvent} event */
  #hearsUndo(event) {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z") return;
    if (!event.target.matches?.("input, textarea, select")) this.#takesBack(event);
  }

  // What is about to leave is taken back first, unless something else was done since.
  /** @param {Event} event */
  #takesBack(event) {
    const held = [...this.#open.values()].findLast((composer) => composer.isHeld);
    if (!held || document.querySelector(UNDO)) return;
    event.preventDefault();
    event.stopPropagation();
    tell(held, "undo");
  }

  /** @param {ComposeRequest} request */
  async #compose({ mode = "new", ref, to = "" }) {
    const fields = { mode, to };
    if (ref) Object.assign(fields, { folder: ref.folder, uid_validity: ref.uidValidity, uid: ref.uid });
    holdKeys();
    const answer = await post(`${ref?.box ? `/boites/${ref.box}` : ""}${this.#home}`, fields);
    if (!answer?.key) {
      releaseKeys();
      const words = answer?.error ?? "La messagerie ne répond pas. Vérifiez votre connexion puis réessayez.";
      window.vaguemestre.notify(words, "danger");
      return;
    }
    const isAnswer = Boolean(ref) && ANSWERS.has(mode);
    this.#show(answer.key, answer.url, "Nouveau courriel", ref, isAnswer);
  }

  /**
   * @param {string} key
   * @param {string} url
   * @param {string} title
   * @param {ComposeRequest["ref"]} [answered]
   * @param {boolean} [isAnswer] it may stand under what it answers
   */
  #show(key, url, title, answered, isAnswer = false) {
    const known = this.#open.get(key);
    if (known) return this.#raise(known);
    if (matchMedia("(max-width: 900px)").matches)
      for (const composer of this.#open.values()) this.#minimise(composer, true);
    const { box, frame, name } = buildBox(title, url, {
      toggle: () => this.#minimise(composer, !box.classList.contains("small")),
      enlarge: (button) => this.#enlarge(composer, button),
      detach: () => this.#detach(composer),
      close: () => this.#close(composer),
    });
    /** @type {DockedComposer} */
    const composer = { key, url, box, frame, name, answered, isAnswer, opener: document.activeElement };
    this.append(box);
    this.#open.set(key, composer);
    if (document.querySelector("mail-app")?.dataset.answers === "fenetre") composer.isAnswer = false;
    this.#place();
    frame.addEventListener("load", () => this.#handKeys(composer), { once: true });
    this.history.step(composer);
  }

  /** @param {DockedComposer} composer */
  #raise(composer) {
    this.#minimise(composer, false);
    this.#handKeys(composer);
  }

  // It has taken what was typed before it was there, unless it came to nothing.
  /** @param {DockedComposer} composer */
  #handKeys(composer) {
    releaseKeys();
    composer.frame.contentWindow?.focus();
  }

  /**
   * @param {DockedComposer} composer
   * @param {boolean} isSmall
   */
  #minimise(composer, isSmall) {
    setSmall(composer, isSmall);
    composer.isAway = false;
    this.#place();
  }

  /**
   * @param {DockedComposer} composer
   * @param {HTMLElement} button
   */
  #enlarge(composer, button) {
    toggleLarge(composer, button);
    this.#place();
  }

  /** @param {DockedComposer} composer */
  #close(composer) {
    tell(composer, "close");
    composer.timer = setTimeout(() => this.#discard(composer), 4000); // whatever happens in the frame, its text is kept
  }

  /** @param {DockedComposer} composer */
  #detach(composer) {
    const address = composer.url;
    const opened = window.open("about:blank", `vm-${composer.key}`, "popup,width=860,height=760");
    composer.onClosed = () => {
      if (opened) opened.location.replace(address);
      else location.assign(address);
    };
    this.#close(composer);
  }

  // Where answers stand, and what the page's notices keep clear of.
  #place() {
    this.places.place();
    const boxes = [...this.#open.values()].map(({ box }) => box);
    const { classList } = document.body;
    classList.toggle("composing", boxes.length > 0);
    classList.toggle("only-sent", boxes.length > 0 && boxes.every((box) => box.matches(".gone")));
  }

  /** @param {DockedComposer} composer */
  #discard(composer) {
    clearTimeout(composer.timer);
    if (!this.#open.delete(composer.key)) return;
    const hadFocus = composer.box.contains(document.activeElement);
    composer.box.remove();
    this.#place();
    this.history.unstep(composer);
    composer.onClosed?.();
    if (hadFocus) focusPage(composer);
  }

  /** @param {MessageEvent<ComposerNews>} event */
  #hear(event) {
    if (event.origin !== location.origin || event.data?.type !== "vm:composer") return;
    const composer = [...this.#open.values()].find((open) => open.frame.contentWindow === event.source);
    if (!composer) return;
    const said = event.data;
    if (said.url) composer.url = said.url; // another mailbox may have been chosen meanwhile
    if (said.key && said.key !== composer.key) {
      this.#open.delete(composer.key); // the text went on as a second draft
      composer.key = said.key;
      this.#open.set(composer.key, composer);
    }
    this.#showNews(composer, said);
    if (said.archives && composer.answered)
      window.dispatchEvent(new CustomEvent("vm:archive", { detail: composer.answered }));
    if (said.event === "changed" || said.event === "done") {
      const folders = said.folders || ["drafts", "sent", "source"];
      const hasLeft = said.event === "done";
      window.dispatchEvent(new CustomEvent("vm:mail-changed", { detail: { folders, hasLeft } }));
    }
  }

  /**
   * @param {DockedComposer} composer
   * @param {ComposerNews} news
   */
  #showNews(composer, { event, title = "", height, state, stays }) {
    const { box, name } = composer;
    if (!ASIDE.has(event)) composer.isHeld = event === "sent" && state === "held";
    if (event === "title") {
      name.textContent = title;
      box.setAttribute("aria-label", title);
    } else if (event === "kept") box.querySelector(".kept").textContent = title;
    else if (event === "sent") {
      box.classList.add("gone");
      document.querySelector(UNDO)?.remove(); // of an act before this one
      if (document.activeElement === composer.frame) focusPage(composer); // whose keys go on
      this.#place();
      this.history.unstep(composer);
    } else if (event === "sized") box.style.setProperty("--strip", `${Number(height)}px`);
    else if (event === "back") {
      box.classList.remove("gone", "small");
      this.#place();
      this.history.step(composer);
    } else if (event === "done")
      setTimeout(
        () => box.classList.contains("gone") && this.#discard(composer),
        stays ? TO_CONFIRM_MS : TO_READ_MS,
      );
    else if (event === "closed") this.#discard(composer);
    else if (event === "escape") {
      this.#minimise(composer, true);
      name.focus(); // its title stays, and opens it again
    }
  }
}

/**
 * @param {DockedComposer} composer
 * @param {"close" | "undo"} act
 */
function tell(composer, act) {
  composer.frame.contentWindow?.postMessage({ type: "vm:composer", act }, location.origin);
}

/** @param {DockedComposer} composer */
function focusPage({ frame, opener }) {
  frame.blur();
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
}

customElements.define("vm-composer-dock", ComposerDock);
