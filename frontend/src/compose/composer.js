// The composer's page: ties the text, the addresses, the attachments, what is kept and what leaves.
import { AttachFromMail } from "./attachments/attach_from_mail.js";
import { Editor } from "./text/editor.js";
import { Attachments } from "./attachments/attachments.js";
import { Autosave } from "./autosave.js";
import { isClass } from "./recipients/addresses.js";
import { SendChecks } from "./departure/send_checks.js";
import { MessageOptions } from "./message_options.js";
import { listenToDialogs } from "../ui/dialogs.js";
import { RecipientInfo } from "./recipients/recipient_info.js";
import { QuietHours } from "./departure/quiet_hours.js";
import { Recipients } from "./recipients/recipients.js";
import { Submission } from "./departure/submission.js";
import { LinkOptions } from "./attachments/link_options.js";
import { guardFromTyping } from "../ui/focus_guard.js";
import { Refused, Server, SignedOut } from "./server.js";

/** @param {string} id of a block of JSON */
const pageData = (id) => JSON.parse(document.querySelector(`#${id}`).textContent);

class Composer {
  /** @param {ComposerForm} form */
  constructor(form) {
    this.form = form;
    this.server = new Server(form);
    this.subject = form.elements.subject;
    this.trouble = document.querySelector("#trouble");
    this.question = document.querySelector("#question");
    this.saved = document.querySelector("#saved");
    this.archives = false; // whether the answered message is archived once the reply has left
    this.isFramed = window.parent !== window && document.body.classList.contains("framed");
    form.elements.plain.disabled = true; // the hidden field of browsers without script
    this.autosave = new Autosave(form, this.server, {
      read: () => this.read(),
      isUntouched: () => this.signature() === this.untouched,
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
      onElsewhere: (box) => this.moveTo(box),
    });
    this.editor.onUnfoldPlain = (quote) => this.unfoldPlain(quote);
    this.plugAttachments(form);
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
      ask: (...asked) => this.ask(...asked),
      button: (...made) => this.button(...made),
      say: (sentence) => this.say(sentence),
      send: (how) => this.send(how),
      onHidden: () => this.addressed(),
    });
    /** @type {Submission} */
    this.submission = new Submission(form, this.server, {
      onSent: (sending) => this.wasSent(sending),
      onSized: (height) => height && this.post("sized", { height }),
      onBack: (sending) => this.cameBack(sending),
      onRefused: (sending) => this.wasRefused(sending),
      onDone: ({ state }) => this.post("done", { state, archives: this.archives && state === "filed" }),
    });
    /** @type {QuietHours} */
    this.quietHours = new QuietHours(form, this.server, (how) => this.send(how));
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
      history.replaceState(null, "", this.server.address() + (this.isFramed ? "?cadre=1" : ""));
    }
    const isFresh = this.form.dataset.revision === "0" && this.form.dataset.mode !== "draft";
    this.untouched = isFresh ? this.signature() : null;
    const left = this.autosave.left();
    if (this.form.dataset.sending) {
      const { state, held, due } = this.form.dataset;
      const sending = { state: state ?? "", held_ms: Number(held), due };
      this.wasSent(sending);
      this.submission.tell(sending, "");
    } else if (left?.fields) this.restore(left.fields);
    const archive = document.querySelector("#send-archive");
    if (archive) archive.hidden = false;
    for (const button of ["later", "attach", "borrow", "drop", "stock", "options", "mailing"])
      document.querySelector(`#${button}`).hidden = false;
    if (this.recipients[0].people.length) this.editor.focus();
    else this.recipients[0].input.focus();
    this.recipientInfo.look();
    this.post("ready");
    this.title();
  }

  listen() {
    const { form } = this;
    document.querySelector("#send-archive")?.addEventListener("click", () => {
      this.archives = true;
      form.requestSubmit();
    });
    this.subject.addEventListener("input", () => {
      this.touched();
      this.title();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    form.addEventListener(
      "keydown",
      (event) => {
        // Enter in a field goes on, it never sends; Ctrl+Enter sends from anywhere.
        if (event.key !== "Enter") return;
        if (event.ctrlKey || event.metaKey) {
          event.preventDefault();
          event.stopPropagation();
          this.send();
        } else if (event.target.matches("input")) event.preventDefault();
      },
      true,
    );
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (!document.querySelector("dialog[open], [popover]:popover-open")) this.post("escape"); // of what is open, the nearest closes
    });
    document.querySelector("#plain-mode").addEventListener("click", () => this.switchMode());
    document
      .querySelector("#attach")
      .addEventListener("click", () => document.querySelector("#files").click());
    this.picked("#files", (files) => this.attachments.add(files));
    this.picked("#pictures", (files) => this.addPictures(files));
    document.querySelector("#drop").addEventListener("click", () => this.askDrop());
    document.querySelector("#mailing").addEventListener("click", () => this.mailing());
    this.listenLater();
    this.listenDrag();
    guardFromTyping(document.querySelector("#send"));
    window.addEventListener("beforeunload", (event) => {
      if (this.attachments.isBusy || (this.autosave.isDirty && !this.autosave.left())) event.preventDefault();
    });
    window.addEventListener("message", (event) => {
      if (event.origin !== location.origin || event.source !== window.parent) return;
      if (event.data?.type === "vm:composer" && event.data.act === "close") this.close();
    });
  }

  /**
   * @param {string} selector
   * @param {(files: File[]) => void} act
   */
  picked(selector, act) {
    const input = document.querySelector(selector);
    input.addEventListener("change", () => {
      act([...input.files]);
      input.value = "";
    });
  }

  listenLater() {
    const dialog = document.querySelector("#later-dialog");
    document.querySelector("#later").addEventListener("click", () => {
      dialog.querySelector("#later-error").hidden = true;
      dialog.showModal();
    });
    for (const button of dialog.querySelectorAll("[data-later]")) {
      button.addEventListener("click", () => this.send({ later: button.dataset.later }));
    }
    listenToDialogs("#later-dialog");
    dialog.querySelector("#later-send").addEventListener("click", () => {
      const hour = dialog.querySelector("#later-hour").value.trim() || "08:00";
      this.send({ later: `${dialog.querySelector("#later-day").value.trim()} ${hour}` });
    });
  }

  listenDrag() {
    const body = document.body;
    const hasFiles = (/** @type {DragEvent} */ event) =>
      [...(event.dataTransfer?.types || [])].includes("Files");
    for (const kind of /** @type {const} */ (["dragenter", "dragover"])) {
      body.addEventListener(kind, (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        body.classList.add("dropping");
      });
    }
    body.addEventListener("dragleave", (event) => !event.relatedTarget && body.classList.remove("dropping"));
    body.addEventListener(
      "drop",
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        event.stopPropagation();
        body.classList.remove("dropping");
        const files = [...(event.dataTransfer?.files ?? [])];
        const inText = this.editor.root.contains(event.target) && !this.editor.isPlain;
        const pictures = inText ? files.filter((file) => /^image\/(png|jpeg|gif|webp)$/.test(file.type)) : [];
        this.addPictures(pictures);
        this.attachments.add(files.filter((file) => !pictures.includes(file)));
      },
      true,
    );
  }

  read() {
    const people = Object.fromEntries(this.recipients.map((field) => [field.name, field.value]));
    return { ...people, subject: this.subject.value, ...this.editor.fields(), ...this.options.fields() };
  }

  // What was written, for comparing: names that were looked up and files of a forward are nothing one wrote.
  signature() {
    const people = this.recipients.map((field) => [
      field.people.map((person) => person.address),
      field.input.value.trim(),
    ]);
    return JSON.stringify([
      people,
      this.subject.value,
      this.editor.fields(),
      this.options.fields(),
      this.attachments.names,
    ]);
  }

  /** @param {DraftFields} kept */
  restore(kept) {
    for (const field of this.recipients) field.value = kept[field.name] ?? field.value;
    this.subject.value = kept.subject ?? this.subject.value;
    this.options.restore(kept);
    this.editor.restore(kept);
    this.tellSaved("restored");
    this.touched();
  }

  touched() {
    this.autosave.touched();
  }

  enclosed() {
    if (this.attachments.count && this.question.dataset.kind === "forgotten") this.question.hidden = true;
    this.touched();
  }

  addressed() {
    this.touched();
    this.recipientInfo.look();
  }

  title() {
    const subject = this.subject.value.trim() || "Nouveau courriel";
    document.title = `${subject} – Vaguemestre`;
    this.post("title", { title: subject });
  }

  /**
   * @param {string} state
   * @param {string} sentence
   */
  tellSaved(state, sentence = "") {
    const time = new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
    /** @type {Record<string, string>} */
    const words = {
      saving: "Enregistrement…",
      saved: `Enregistré à ${time}`,
      restored: "Texte retrouvé sur cet ordinateur",
      forked: "Brouillon modifié ailleurs : les deux versions sont gardées",
      away: "Hors connexion : votre texte est gardé sur cet ordinateur",
    };
    if (state === "signed-out") this.askSignIn();
    else if (state === "sent-elsewhere") this.say("Ce courriel a déjà été envoyé depuis une autre fenêtre.");
    else if (state === "trouble")
      this.saved.textContent = sentence || "Votre texte est gardé sur cet ordinateur.";
    else this.saved.textContent = words[state];
    if (state === "saved") {
      if (this.question.dataset.kind === "sign-in") this.question.hidden = true;
      this.post("changed", { folders: ["drafts"] });
    }
  }

  askSignIn() {
    this.saved.textContent = "Votre texte est gardé sur cet ordinateur";
    if (!this.question.hidden && this.question.dataset.kind === "sign-in") return;
    const link = document.createElement("a");
    link.href = "/alogin";
    link.target = "_blank";
    link.rel = "opener";
    link.textContent = "Se reconnecter dans une autre fenêtre";
    this.ask("sign-in", "Votre session est terminée. Votre texte reste ici.", [link]);
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
      this.question.hidden = true;
      act();
      if (document.activeElement === document.body) document.querySelector("#send").focus();
    });
    return button;
  }

  /** @param {string} sentence */
  say(sentence) {
    this.trouble.querySelector("span").textContent = sentence;
    this.trouble.hidden = !sentence;
    if (sentence) this.trouble.scrollIntoView({ block: "nearest" });
  }

  async switchMode() {
    if (this.editor.isPlain) return this.editor.toRich();
    const { text } = await this.ready("texte/", { html: this.editor.fields().html });
    if (text !== undefined) this.editor.toPlain(text);
  }

  /** @param {string} quote */
  async unfoldPlain(quote) {
    const { text } = await this.ready("texte/", { html: quote });
    if (text !== undefined) this.editor.appendPlain(text);
  }

  /**
   * @param {string} path
   * @param {DraftFields} fields
   */
  async ready(path, fields) {
    try {
      return await this.server.post(path, fields);
    } catch {
      this.say("La messagerie ne répond pas. Votre texte est gardé ; réessayez dans un instant.");
      return {};
    }
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
    document.querySelector("#later-dialog").close(); // before a question or a field takes the focus
    if (!this.sendChecks.check({ later, now, sure })) return;
    if (this.recipients.some((field) => field.people.some((one) => isClass(one.address))))
      return this.toClasses(later);
    this.isLeaving = true;
    const button = document.querySelector("#send");
    button.disabled = true;
    clearTimeout(this.autosave.timer);
    try {
      await this.autosave.running;
      await this.submission.leave({ ...this.read(), ...(now ? { now: "1" } : {}) }, later);
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
    if (error instanceof SignedOut) return this.askSignIn();
    if (!(error instanceof Refused)) {
      return this.say(
        "Pas de réponse de la messagerie : le courriel n’est pas parti, votre texte est gardé. Réessayez.",
      );
    }
    if (error.field === "later") {
      const refusal = document.querySelector("#later-error");
      refusal.textContent = error.message;
      refusal.hidden = false;
      document.querySelector("#later-dialog").showModal();
      document.querySelector("#later-day").focus();
      return;
    }
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
    this.question.hidden = true;
    this.post("sent", { state: sending.state });
    this.post("changed", { folders: ["drafts", "sent", "source"] });
  }

  /** @param {SendingState} sending */
  cameBack(sending) {
    this.archives = false;
    this.form.hidden = false;
    this.autosave.resume(sending.revision);
    this.touched();
    this.editor.focus();
    this.post("back");
  }

  /** @param {SendingState} sending */
  wasRefused(sending) {
    this.form.hidden = false;
    this.say(`Non envoyé. ${sending.reason || "Le courriel a été refusé."}`);
    this.autosave.resume(sending.revision);
    this.touched();
    this.post("back");
  }

  // The rest is on a page of its own: the text is kept first.
  async mailing() {
    for (const field of this.recipients) field.commit();
    if (this.attachments.isBusy)
      return this.say("Une pièce jointe est encore en cours d’envoi : attendez qu’elle soit complète.");
    this.autosave.insist();
    await this.autosave.save();
    if (this.autosave.isDirty)
      return this.say("La messagerie ne répond pas : votre texte est gardé, réessayez dans un instant.");
    location.assign(this.server.address("exemplaires/") + (this.isFramed ? "?cadre=1" : ""));
  }

  // Written from another mailbox: its draft and its copy will be there, so the composer goes there too.
  /** @param {string} box */
  async moveTo(box) {
    for (const field of this.recipients) field.commit();
    if (this.attachments.isBusy)
      return this.say("Une pièce jointe est encore en cours d’envoi : attendez qu’elle soit complète.");
    this.autosave.insist();
    await this.autosave.save();
    if (this.autosave.isDirty)
      return this.say("La messagerie ne répond pas : votre texte est gardé, réessayez dans un instant.");
    try {
      const { url } = await this.server.post("de/", { box });
      this.autosave.stop();
      this.autosave.forget();
      location.replace(`${url}?signer=1${this.isFramed ? "&cadre=1" : ""}`);
    } catch (error) {
      this.failed(error, "");
    }
  }

  // A class never reads one message: its copies are made ready, and looked at on their own page.
  /** @param {string} later */
  async toClasses(later) {
    this.autosave.insist();
    await this.autosave.save();
    if (this.autosave.isDirty)
      return this.say("La messagerie ne répond pas : votre texte est gardé, réessayez dans un instant.");
    try {
      const { copies } = await this.server.post("envoyer/", { ...this.read(), later });
      const place = new URL(copies, location.href);
      if (this.isFramed) place.searchParams.set("cadre", "1");
      location.assign(place);
    } catch (error) {
      this.failed(error, later);
    }
  }

  askDrop() {
    this.ask("drop", "Abandonner ce brouillon ? Le texte et les pièces jointes seront effacés.", [
      this.button("Abandonner", () => this.drop(), "btn danger"),
      this.button("Continuer à écrire", () => this.editor.focus()),
    ]);
  }

  async drop() {
    this.autosave.stop();
    await this.autosave.running;
    try {
      await this.server.post("abandonner/", {});
    } catch (error) {
      if (!(error instanceof Refused && error.code === "compose.gone")) {
        this.autosave.resume();
        return this.say(
          error instanceof Refused ? error.message : "Le brouillon n’a pas pu être effacé. Réessayez.",
        );
      }
    }
    this.autosave.forget();
    this.post("changed", { folders: ["drafts"] });
    this.leavePage();
  }

  // The dock closes the frame: what is typed is saved first, an untouched composer leaves nothing.
  async close() {
    if (!this.form.hidden) await this.autosave.save();
    this.leavePage();
  }

  leavePage() {
    if (this.isFramed) this.post("closed");
    else location.assign(new URL("../", new URL(this.form.dataset.home, location.href)));
  }

  /**
   * @param {string} event
   * @param {Partial<ComposerNews> & {state?: string}} more
   */
  post(event, more = {}) {
    if (!this.isFramed) return;
    window.parent.postMessage(
      { type: "vm:composer", event, key: this.server.key, url: location.pathname, ...more },
      location.origin,
    );
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("#composer");
  if (form) new Composer(form);
});
