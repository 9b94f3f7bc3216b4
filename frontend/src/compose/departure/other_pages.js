// Where a draft goes on or ends on another page: copies of a mailing, another mailbox, nowhere. The text is saved first.
import { Refused } from "../server.js";

const AWAY = "La messagerie ne répond pas : votre texte est gardé, réessayez dans un instant.";
const BUSY = "Une pièce jointe est encore en cours d’envoi : attendez qu’elle soit complète.";

export class OtherPages {
  /**
   * @param {Server} server
   * @param {Autosave} autosave
   * @param {DraftPage} page
   */
  constructor(server, autosave, page) {
    this.server = server;
    this.autosave = autosave;
    this.page = page;
  }

  /** @returns {Promise<boolean>} whether the server has the text; says why not */
  async isSaved() {
    this.autosave.insist();
    const isDone = await this.autosave.save();
    if (isDone && this.autosave.isDirty) await this.autosave.save(); // what changed meanwhile is no failure
    if (this.autosave.isDirty) this.page.say(AWAY);
    return !this.autosave.isDirty;
  }

  /** @returns {Promise<boolean>} as `isSaved`, with all that is typed and every attachment whole */
  async isComplete() {
    for (const field of this.page.recipients) field.commit();
    if (!this.page.attachments.isBusy) return this.isSaved();
    this.page.say(BUSY);
    return false;
  }

  // The rest is on a page of its own.
  async mailing() {
    if (await this.isComplete()) location.assign(this.page.frameAddress(this.server.address("exemplaires/")));
  }

  // Written from another mailbox: its draft and its copy will be there, so the composer goes there too.
  /** @param {string} box */
  async moveTo(box) {
    if (!(await this.isComplete())) return;
    try {
      const { url } = await this.server.post("de/", { box });
      this.autosave.stop();
      this.autosave.forget();
      location.replace(this.page.frameAddress(`${url}?signer=1`));
    } catch (error) {
      this.page.tellFailure(error, "");
    }
  }

  // A class never reads one message: its copies are made ready, and looked at on their own page.
  /** @param {string} later */
  async toClasses(later) {
    if (!(await this.isSaved())) return;
    try {
      const { copies } = await this.server.post("envoyer/", { ...this.page.read(), later });
      location.assign(this.page.frameAddress(copies));
    } catch (error) {
      this.page.tellFailure(error, later);
    }
  }

  /** @returns {Promise<boolean>} whether the draft is gone; says why not */
  async drop() {
    this.autosave.stop();
    await this.autosave.running;
    try {
      await this.server.post("abandonner/", {});
    } catch (error) {
      if (!(error instanceof Refused && error.code === "compose.gone")) {
        this.autosave.resume();
        this.page.say(
          error instanceof Refused ? error.message : "Le brouillon n’a pas pu être effacé. Réessayez.",
        );
        return false;
      }
    }
    this.autosave.forget();
    return true;
  }
}
