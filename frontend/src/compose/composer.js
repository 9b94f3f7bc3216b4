// The composer's page: ties the text, the addresses, the attachments, what is kept and what leaves.
import { AttachFromMail } from "./attachments/attach_from_mail.js";
import { Attachments } from "./attachments/attachments.js";
import { listenToChoice, listenToDrops } from "./attachments/file_input.js";
import { LinkOptions } from "./attachments/link_options.js";
import { Autosave } from "./autosave.js";
import { listenToKeys } from "./composer_keys.js";
import { Departure } from "./departure/departure.js";
import { DockNews } from "./dock_news.js";
import { Draft } from "./draft.js";
import { MessageOptions } from "./message_options.js";
import { PageNotices } from "./page_notices.js";
import { foldCopies } from "./recipients/copies.js";
import { RecipientInfo } from "./recipients/recipient_info.js";
import { Recipients } from "./recipients/recipients.js";
import { Editor } from "./text/editor.js";
import { TextMode } from "./text/text_mode.js";
import { Server } from "./server.js";

/** @param {string} id of a block of JSON */
const pageData = (id) => JSON.parse(document.querySelector(`#${id}`).textContent);

class Composer {
  /** @param {ComposerForm} form */
  constructor(form) {
    this.form = form;
    this.server = new Server(form);
    this.notices = new PageNotices();
    this.dock = new DockNews(this.server);
    form.elements.plain.disabled = true; // the hidden field of browsers without script
    this.autosave = new Autosave(form, this.server, {
      read: () => this.draft.read(),
      isUntouched: () => this.draft.signature() === this.untouched,
      onState: (state, sentence) => this.tellSaved(state, sentence),
      onFork: (draft) => this.continueFork(draft),
    });
    const noteChange = () => this.noteChange();
    this.recipients = /** @type {const} */ (["to", "cc", "bcc"]).map(
      (name) => new Recipients(form.elements[name], this.server, () => this.noteRecipients()),
    );
    this.recipientInfo = new RecipientInfo(this.recipients, this.server, document.querySelector("#notes"));
    this.editor = new Editor(form, {
      onInput: noteChange,
      onPictures: (files) => this.addPictures(files),
    });
    this.options = new MessageOptions(form, this.server, this.editor, {
      onChange: noteChange,
      onTrouble: (sentence) => this.say(sentence),
      onElsewhere: (box) => this.departure.otherPages.moveTo(box),
    });
    new TextMode(this.editor, this.server, (sentence) => this.say(sentence));
    this.plugAttachments(form);
    /** @type {Draft} */
    this.draft = new Draft(form.elements.subject, this);
    /** @type {Departure} */
    this.departure = new Departure(this);
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
      lends: form.dataset.lends === "1",
      onChange: () => this.noteFiles(),
      onTrouble: (sentence) => this.say(sentence),
    });
    this.attachments.show(pageData("first-enclosures"), pageData("first-links"));
    new AttachFromMail(this.server, (enclosures) => this.attachments.addHeld(enclosures));
  }

  begin() {
    const query = new URLSearchParams(location.search);
    if (query.has("signer")) {
      query.delete("signer");
      history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
      this.options.sign();
      this.noteChange();
    }
    if (!location.pathname.includes(this.server.key)) {
      history.replaceState(null, "", this.dock.frameAddress(this.server.address()));
    }
    const isFresh = this.form.dataset.revision === "0" && this.form.dataset.mode !== "draft";
    this.untouched = isFresh ? this.draft.signature() : null;
    const left = this.autosave.storedText();
    if (this.form.dataset.sending) this.departure.resume();
    else if (left?.fields) {
      this.draft.restore(left.fields);
      this.tellSaved("restored");
      this.noteChange();
    }
    for (const button of ["later", "attach", "from-mail", "drop", "stock", "options", "mailing"])
      document.querySelector(`#${button}`).hidden = false;
    if (this.recipients[0].people.length) {
      foldCopies(this.form, this.recipients[1]);
      this.editor.focus();
    } else this.recipients[0].input.focus();
    this.dock.typeKeysAhead();
    this.recipientInfo.look();
    this.dock.post("ready");
    this.title();
  }

  listen() {
    const { form } = this;
    form.elements.subject.addEventListener("input", () => {
      this.noteChange();
      this.title();
    });
    listenToKeys(form, {
      send: () => this.departure.send(),
      escape: () => this.dock.post("escape"),
      write: () => this.editor.focus(),
    });
    document
      .querySelector("#attach")
      .addEventListener("click", () => document.querySelector("#files").click());
    listenToChoice("#files", (files) => this.attachments.add(files));
    listenToChoice("#pictures", (files) => this.addPictures(files));
    document.querySelector("#drop").addEventListener("click", () => this.askDrop());
    listenToDrops(this.editor, {
      addPictures: (files) => this.addPictures(files),
      attach: (files) => this.attachments.add(files),
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.attachments.isBusy || (this.autosave.isDirty && !this.autosave.storedText()))
        event.preventDefault();
    });
    this.dock.listen({ close: () => this.close(), undo: () => this.departure.submission.undoSending() });
  }

  noteChange() {
    this.autosave.noteChange();
  }

  noteFiles() {
    if (this.attachments.count) this.notices.withdraw("forgotten");
    this.noteChange();
  }

  noteRecipients() {
    this.noteChange();
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
    this.dock.post("kept", { title: this.notices.tellSaved(state, sentence) });
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
  continueFork(draft) {
    this.editor.movePictures(draft.paths);
    this.departure.submission.attempt = 1;
    history.replaceState(null, "", this.server.address() + location.search);
    this.tellSaved("forked");
    this.say(
      "Ce brouillon a aussi été modifié dans une autre fenêtre : les deux versions sont gardées dans « Brouillons ».",
    );
  }

  askDrop() {
    this.notices.ask("drop", "Abandonner ce brouillon ? Le texte et les pièces jointes seront effacés.", [
      this.notices.button("Abandonner", () => this.drop(), "btn danger"),
      this.notices.button("Continuer à écrire", () => this.editor.focus()),
    ]);
  }

  async drop() {
    if (!(await this.departure.otherPages.drop())) return;
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
