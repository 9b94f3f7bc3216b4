// Until when a file is lent, and under which password: said before the message leaves, changeable after.
import { listenToDialogs } from "../../ui/dialogs.js";
import { CALENDAR, load } from "../../ui/dom.js";
import { Refused } from "../server.js";

export class LinkOptions {
  /** @param {Server} server */
  constructor(server) {
    this.server = server;
    /** @type {FileLink | undefined} */
    this.link = undefined;
    /** @type {((link: FileLink) => void) | undefined} */
    this.onChanged = undefined;
    /** @type {HTMLDialogElement} */
    this.dialog = document.querySelector("#file-link-dialog");
    this.until = this.dialog.querySelector("#file-link-until");
    this.password = this.dialog.querySelector("#file-link-password");
    this.open = this.dialog.querySelector("#file-link-open");
    this.error = this.dialog.querySelector("#file-link-error");
    this.dialog.querySelector("#file-link-save").addEventListener("click", () => this.save());
    listenToDialogs("#file-link-dialog");
  }

  /**
   * @param {FileLink} link
   * @param {(link: FileLink) => void} onChanged
   */
  ask(link, onChanged) {
    this.link = link;
    this.onChanged = onChanged;
    this.dialog.querySelector("#file-link-name").textContent = link.name;
    this.until.value = link.until;
    this.password.value = "";
    this.open.checked = false;
    this.dialog.querySelector("#file-link-locked").hidden = !link.locked;
    this.error.hidden = true;
    load(CALENDAR);
    this.dialog.showModal();
  }

  async save() {
    try {
      const fields = {
        until: this.until.value,
        password: this.password.value,
        open: this.open.checked ? "1" : "",
      };
      this.onChanged?.(await this.server.post(`liens/${this.link?.id}/conditions/`, fields));
      this.dialog.close();
    } catch (error) {
      this.error.textContent =
        error instanceof Refused ? error.message : "La messagerie ne répond pas : réessayez dans un instant.";
      this.error.hidden = false;
    }
  }
}
