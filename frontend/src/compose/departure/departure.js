// How a message leaves: what is asked before, at once or later, taken back, refused.
import { isClass } from "../recipients/addresses.js";
import { Refused, SignedOut } from "../server.js";
import { guardFromTyping } from "../../ui/focus_guard.js";
import { OtherPages } from "./other_pages.js";
import { QuietHours } from "./quiet_hours.js";
import { SendChecks } from "./send_checks.js";
import { SendLater } from "./send_later.js";
import { Submission } from "./submission.js";

const NO_ANSWER =
  "Pas de réponse de la messagerie : le courriel n’est pas parti, votre texte est gardé. Réessayez.";

export class Departure {
  /** @param {ComposerPage} page */
  constructor(page) {
    this.page = page;
    this.archives = false; // whether the answered message is archived once the reply has left
    this.isLeaving = false;
    this.#plugParts();
    this.#listen();
  }

  #plugParts() {
    const { page } = this;
    const { form, server, recipients, attachments, editor, notices, dock } = page;
    const say = (/** @type {string} */ sentence) => notices.say(sentence);
    /** @type {SendChecks} */
    this.sendChecks = new SendChecks(form, {
      recipients,
      attachments,
      editor,
      ask: (...question) => notices.ask(...question),
      button: (...made) => notices.button(...made),
      say,
      send: (options) => this.send(options),
      onHidden: () => page.noteRecipients(),
      onMailing: () => this.otherPages.mailing(),
    });
    /** @type {Submission} */
    this.submission = new Submission(form, server, {
      onSent: (sending) => this.#sent(sending),
      onSized: (height) => height && dock.post("sized", { height }),
      onLeft: () => dock.post("left"),
      onBack: (sending) => this.#cameBack(sending),
      onRefused: (sending) => this.#refused(sending),
      onDone: ({ state, is_held_back }) =>
        dock.post("done", { state, stays: is_held_back, archives: this.archives && state === "filed" }),
    });
    /** @type {QuietHours} */
    this.quietHours = new QuietHours(form, server, (options) => this.send(options));
    /** @type {SendLater} */
    this.sendLater = new SendLater((later) => this.send({ later }));
    /** @type {OtherPages} */
    this.otherPages = new OtherPages(server, page.autosave, {
      recipients,
      attachments,
      read: () => page.draft.read(),
      say,
      tellFailure: (error, later) => this.#tellFailure(error, later),
      frameAddress: (address) => dock.frameAddress(address),
    });
  }

  #listen() {
    const { form } = this.page;
    const archive = document.querySelector("#send-archive");
    if (archive) archive.hidden = false;
    archive?.addEventListener("click", () => {
      this.archives = true;
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    document.querySelector("#mailing").addEventListener("click", () => this.otherPages.mailing());
    guardFromTyping(document.querySelector("#send"));
  }

  // The page was loaded again while its message was on its way.
  resume() {
    const { state, held, due } = this.page.form.dataset;
    const sending = { state: state ?? "", held_ms: Number(held), due };
    this.#sent(sending);
    this.submission.tell(sending);
  }

  /** @param {Partial<SendOptions>} options */
  async send({ later = "", now = false, sure = new Set() } = {}) {
    if (this.isLeaving) return;
    const { recipients, autosave, draft, notices } = this.page;
    notices.say("");
    this.sendLater.close(); // before a question or a field takes the focus
    if (!this.sendChecks.check({ later, now, sure })) return;
    if (recipients.some((field) => field.people.some(({ address }) => isClass(address))))
      return this.otherPages.toClasses(later);
    this.isLeaving = true;
    const button = document.querySelector("#send");
    button.disabled = true;
    clearTimeout(autosave.timer);
    try {
      await autosave.running;
      await this.submission.leave({ ...draft.read(), ...(now ? { now: "1" } : {}) }, later);
    } catch (error) {
      this.#tellFailure(error, later, sure);
    } finally {
      this.isLeaving = false;
      button.disabled = false;
    }
  }

  /**
   * @param {unknown} error
   * @param {string} later
   * @param {Set<string>} sure
   */
  #tellFailure(error, later, sure = new Set()) {
    const { autosave, notices, recipients } = this.page;
    autosave.noteChange();
    if (error instanceof SignedOut) return notices.askSignIn();
    if (!(error instanceof Refused)) return notices.say(NO_ANSWER);
    if (error.field === "later") return this.sendLater.refuse(error.message);
    if (error.code === "outbox.quiet-hours") return this.quietHours.insist(error.message, sure);
    const field = recipients.find(({ name }) => name === error.field);
    if (field) {
      field.say(error.message);
      field.input.focus();
    } else notices.say(error.message);
  }

  /** @param {SendingState} sending */
  #sent(sending) {
    const { form, autosave, notices, dock } = this.page;
    autosave.stop();
    autosave.forget();
    form.hidden = true;
    notices.say("");
    notices.withdraw();
    dock.post("sent", { state: sending.state });
    dock.post("changed", { folders: ["drafts", "sent", "source"] });
  }

  /** @param {SendingState} sending */
  #cameBack(sending) {
    this.archives = false;
    this.#writeOn(sending);
    this.page.editor.focus();
    this.page.dock.post("back");
  }

  /** @param {SendingState} sending */
  #refused(sending) {
    this.#writeOn(sending);
    this.page.notices.say(`Non envoyé. ${sending.reason || "Le courriel a été refusé."}`);
    this.page.dock.post("back");
  }

  /** @param {SendingState} sending */
  #writeOn(sending) {
    this.page.form.hidden = false;
    this.page.autosave.resume(sending.revision);
    this.page.autosave.noteChange();
  }
}
