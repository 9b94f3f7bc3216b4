// The composer's page: ties the text, the addresses, the attachments, what is kept and what leaves.
import { AttachFromMail } from "./attachments/attach_from_mail.js";
import { Attachments } from "./attachments/attachments.js";
import { listenToChoice, listenToDrops } from "./attachments/file_input.js";
import { LinkOptions } from "./attachments/link_options.js";
import { Autosave } from "./autosave.js";
import { listenToKeys } from "./composer_keys.js";
import { OtherPages } from "./departure/other_pages.js";
import { QuietHours } from "./departure/quiet_hours.js";
import { SendChecks } from "./departure/send_checks.js";
import { SendLater } from "./departure/send_later.js";
import { Submission } from "./departure/submission.js";
import { DockNews } from "./dock_news.js";
import { Draft } from "./draft.js";
import { MessageOptions } from "./message_options.js";
import { PageNotices } from "./page_notices.js";
import { isClass } from "./recipients/addresses.js";
import { RecipientInfo } from "./recipients/recipient_info.js";
import { Recipients } from "./recipients/recipients.js";
import { Editor } from "./text/editor.js";
import { TextMode } from "./text/text_mode.js";
import { guardFromTyping } from "../ui/focus_guard.js";
import { Refused, Server, SignedOut } from "./server.js";

/** @param {string} id of a block of JSON */
const pageData = (id) => JSON.parse(document.querySelector(`#${id}`).textContent);

class Composer {
  /** @param {ComposerForm} form */
  constructor(form) {
    this.form = form;
    this.server = new Server(form);
    this.notices = new PageNotices();
    this.dock = new DockNews(this.server);
    this.archives = false; // whether the answered message is archived once the reply has left
    form.elements.plain.disabled = true; // the hidden field of browsers without script
    this.autosave = new Autosave(form, this.server, {
      read: () => this.draft.read(),
      isUntouched: () => this.draft.signature() === this.untouched,
      onState: (state, sentence) => this.tellSaved(state, sentence),
      onFork: (draft) => this.forked(draft),
    });
    const touched = () => this.touched();
    this.recipients = /** @type {const} */ (["to", "cc", "bcc"]).map(
      (name) => new Recipients(form.elements[name], this.server, () => this.addressed()),
    );
    this.recipientInfo = new RecipientInfo(this.recipients, this.server, document.querySelector("#notes"));
    this.editor = new Editor(form, {
      onInput: touched,
      onPictures: (files) => this.addPictures(files),
    });
    this.options = new MessageOptions(form, this.server, this.editor, {
      onChange: touched,
      onTrouble: (sentence) => this.say(sentence),
      onElsewhere: (box) => this.otherPages.moveTo(box),
    });
    new TextMode(this.editor, this.server, (sentence) => this.say(sentence));
    this.plugAttachments(form);
    /** @type {Draft} */
    this.draft = new Draft(form.elements.subject, this);
    this.plugSubmission(form);
    this.listen();
    this.begin();
  }

  /** @param {ComposerForm} form */
  plugAttachments(form) {
    const linkOptions = new LinkOptions(this.server);
    /** @type {Attachments} */
    this.attachments = new Attachments(document.querySelector("#enclosures"), this.server, {
      onTerms: (link, onChanged) => linkOptions.ask(link, onChanged),
      limit: Number(form.dataset.limit),
      onChange: () => this.enclosed(),
      onTrouble: (sentence) => this.say(sentence),
    });
    this.attachments.show(pageData("first-enclosures"), pageData("first-links"));
    new AttachFromMail(this.server, {
      onTaken: (taken) => this.attachments.took(taken),
      onTrouble: (sentence) => this.say(sentence),
    });
  }

  /** @param {ComposerForm} form */
  plugSubmission(form) {
    /** @type {SendChecks} */
    this.sendChecks = new SendChecks(form, {
      recipients: this.recipients,
      attachments: this.attachments,
      editor: this.editor,
      ask: (...asked) => this.notices.ask(...asked),
      button: (...made) => this.notices.button(...made),
      say: (sentence) => this.say(sentence),
      send: (how) => this.send(how),
      onHidden: () => this.addressed(),
    });
    /** @type {Submission} */
    this.submission = new Submission(form, this.server, {
      onSent: (sending) => this.wasSent(sending),
      onSized: (height) => height && this.dock.post("sized", { height }),
      onBack: (sending) => this.cameBack(sending),
      onRefused: (sending) => this.wasRefused(sending),
      onDone: ({ state }) => this.dock.post("done", { state, archives: this.archives && state === "filed" }),
    });
    /** @type {QuietHours} */
    this.quietHours = new QuietHours(form, this.server, (how) => this.send(how));
    /** @type {SendLater} */
    this.sendLater = new SendLater((later) => this.send({ later }));
    /** @type {OtherPages} */
    this.otherPages = new OtherPages(this.server, this.autosave, {
      recipients: this.recipients,
      attachments: this.attachments,
      read: () => this.draft.read(),
      say: (sentence) => this.say(sentence),
      failed: (error, later) => this.failed(error, later),
      framed: (address) => this.dock.framed(address),
    });
  }

  begin() {
    const query = new URLSearchParams(location.search);
    if (query.has("signer")) {
      query.delete("signer");
      history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
      this.options.sign();
      this.touched();
    }
    if (!location.pathname.includes(this.server.key)) {
      history.replaceState(null, "", this.dock.framed(this.server.address()));
    }
    const isFresh = this.form.dataset.revision === "0" && this.form.dataset.mode !== "draft";
    this.untouched = isFresh ? this.draft.signature() : null;
    const left = this.autosave.left();
    if (this.form.dataset.sending) {
      const { state, held, due } = this.form.dataset;
      const sending = { state: state ?? "", held_ms: Number(held), due };
      this.wasSent(sending);
      this.submission.tell(sending, "");
    } else if (left?.fields) {
      this.draft.restore(left.fields);
      this.tellSaved("restored");
      this.touched();
    }
    const archive = document.querySelector("#send-archive");
    if (archive) archive.hidden = false;
    for (const button of ["later", "attach", "borrow", "drop", "stock", "options", "mailing"])
      document.querySelector(`#${button}`).hidden = false;
    if (this.recipients[0].people.length) this.editor.focus();
    else this.recipients[0].input.focus();
    this.recipientInfo.look();
    this.dock.post("ready");
    this.title();
  }

  listen() {
    const { form } = this;
    document.querySelector("#send-archive")?.addEventListener("click", () => {
      this.archives = true;
      form.requestSubmit();
    });
    form.elements.subject.addEventListener("input", () => {
      this.touched();
      this.title();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    listenToKeys(form, { send: () => this.send(), escape: () => this.dock.post("escape") });
    document
      .querySelector("#attach")
      .addEventListener("click", () => document.querySelector("#files").click());
    listenToChoice("#files", (files) => this.attachments.add(files));
    listenToChoice("#pictures", (files) => this.addPictures(files));
    document.querySelector("#drop").addEventListener("click", () => this.askDrop());
    document.querySelector("#mailing").addEventListener("click", () => this.otherPages.mailing());
    listenToDrops(this.editor, {
      addPictures: (files) => this.addPictures(files),
      attach: (files) => this.attachments.add(files),
    });
    guardFromTyping(document.querySelector("#send"));
    window.addEventListener("beforeunload", (event) => {
      if (this.attachments.isBusy || (this.autosave.isDirty && !this.autosave.left())) event.preventDefault();
    });
    this.dock.listen(() => this.close());
  }

  touched() {
    this.autosave.touched();
  }

  enclosed() {
    if (this.attachments.count) this.notices.withdraw("forgotten");
    this.touched();
  }

  addressed() {
    this.touched();
    this.recipientInfo.look();
  }

  title() {
    document.title = `${this.draft.title} – Vaguemestre`;
    this.dock.post("title", { title: this.draft.title });
  }

  /**
   * @param {string} state
   * @param {string} [sentence]
   */
  tellSaved(state, sentence) {
    this.notices.tellSaved(state, sentence);
    if (state === "saved") this.dock.post("changed", { folders: ["drafts"] });
  }

  /** @param {string} sentence */
  say(sentence) {
    this.notices.say(sentence);
  }

  /** @param {File[]} files */
  addPictures(files) {
    if (this.editor.isPlain) return this.attachments.add(files);
    return this.attachments.add(files, {
      asPicture: true,
      onPicture: (path, name) => this.editor.insertPicture(path, name),
    });
  }

  /** @param {{paths: Record<string, string>}} draft */
  forked(draft) {
    this.editor.movePictures(draft.paths);
    this.submission.attempt = 1;
    history.replaceState(null, "", this.server.address() + location.search);
    this.tellSaved("forked");
    this.say(
      "Ce brouillon a aussi été modifié dans une autre fenêtre : les deux versions sont gardées dans « Brouillons ».",
    );
  }

  /** @param {Partial<SendOptions>} options */
  async send({ later = "", now = false, sure = new Set() } = {}) {
    if (this.isLeaving) return;
    this.say("");
    this.sendLater.close(); // before a question or a field takes the focus
    if (!this.sendChecks.check({ later, now, sure })) return;
    if (this.recipients.some((field) => field.people.some((one) => isClass(one.address))))
      return this.otherPages.toClasses(later);
    this.isLeaving = true;
    const button = document.querySelector("#send");
    button.disabled = true;
    clearTimeout(this.autosave.timer);
    try {
      await this.autosave.running;
      await this.submission.leave({ ...this.draft.read(), ...(now ? { now: "1" } : {}) }, later);
    } catch (error) {
      this.failed(error, later, sure);
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
  failed(error, later, sure = new Set()) {
    this.autosave.touched();
    if (error instanceof SignedOut) return this.notices.askSignIn();
    if (!(error instanceof Refused)) {
      return this.say(
        "Pas de réponse de la messagerie : le courriel n’est pas parti, votre texte est gardé. Réessayez.",
      );
    }
    if (error.field === "later") return this.sendLater.refuse(error.message);
    if (error.code === "outbox.quiet-hours") return this.quietHours.insist(error.message, sure);
    const field = this.recipients.find((one) => one.name === error.field);
    if (field) {
      field.say(error.message);
      field.input.focus();
    } else this.say(error.message);
  }

  /** @param {SendingState} sending */
  wasSent(sending) {
    this.autosave.stop();
    this.autosave.forget();
    this.form.hidden = true;
    this.say("");
    this.notices.withdraw();
    this.dock.post("sent", { state: sending.state });
    this.dock.post("changed", { folders: ["drafts", "sent", "source"] });
  }

  /** @param {SendingState} sending */
  cameBack(sending) {
    this.archives = false;
    this.form.hidden = false;
    this.autosave.resume(sending.revision);
    this.touched();
    this.editor.focus();
    this.dock.post("back");
  }

  /** @param {SendingState} sending */
  wasRefused(sending) {
    this.form.hidden = false;
    this.say(`Non envoyé. ${sending.reason || "Le courriel a été refusé."}`);
    this.autosave.resume(sending.revision);
    this.touched();
    this.dock.post("back");
  }

  askDrop() {
    this.notices.ask("drop", "Abandonner ce brouillon ? Le texte et les pièces jointes seront effacés.", [
      this.notices.button("Abandonner", () => this.drop(), "btn danger"),
      this.notices.button("Continuer à écrire", () => this.editor.focus()),
    ]);
  }

  async drop() {
    if (!(await this.otherPages.drop())) return;
    this.dock.post("changed", { folders: ["drafts"] });
    this.leavePage();
  }

  // The dock closes the frame: what is typed is saved first, an untouched composer leaves nothing.
  async close() {
    if (!this.form.hidden) await this.autosave.save();
    this.leavePage();
  }

  leavePage() {
    if (this.dock.isFramed) this.dock.post("closed");
    else location.assign(new URL("../", new URL(this.form.dataset.home, location.href)));
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("#composer");
  if (form) new Composer(form);
});
