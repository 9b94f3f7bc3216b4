// @ts-nocheck -- not typed yet
// Until when a file is lent, and under which password: said before the message leaves, changeable after.
import { listenToDialogs } from "../ui/dialogs.js";
import { Refused } from "./server.js";

export class LinkOptions {
  constructor(server) {
    this.server = server;
    this.dialog = document.querySelector("#terms-dialog");
    this.until = this.dialog.querySelector("#terms-until");
    this.password = this.dialog.querySelector("#terms-password");
    this.open = this.dialog.querySelector("#terms-open");
    this.error = this.dialog.querySelector("#terms-error");
    this.dialog.querySelector("#terms-keep").addEventListener("click", () => this.keep());
    listenToDialogs("#terms-dialog");
  }

  ask(link, onChanged) {
    Object.assign(this, { link, onChanged });
    this.dialog.querySelector("#terms-name").textContent = link.name;
    this.until.value = link.until;
    this.password.value = "";
    this.open.checked = false;
    this.dialog.querySelector("#terms-locked").hidden = !link.locked;
    this.error.hidden = true;
    this.dialog.showModal();
  }

  async keep() {
    try {
      const fields = {
        until: this.until.value,
        password: this.password.value,
        open: this.open.checked ? "1" : "",
      };
      this.onChanged(await this.server.post(`liens/${this.link.id}/conditions/`, fields));
      this.dialog.close();
    } catch (error) {
      this.error.textContent =
        error instanceof Refused ? error.message : "La messagerie ne répond pas : réessayez dans un instant.";
      this.error.hidden = false;
    }
  }
}
