// What changes in the mailbox while the page shows it: told by the stream of changes, or by a composer of the page.
import { inBox } from "./boxes.js";
import { Live } from "./live.js";
import { updateTitle } from "./page/page_title.js";
import { tellRefusal } from "../ui/http.js";

const NEWS_DELAY = 60; // milliseconds during which changes are gathered

export class News {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    this.isStale = false; // the list shows something that changed
    this.live = new Live(app, (folder, kind) => this.#refreshSoon(folder, kind));
    window.addEventListener("vm:mail-changed", (/** @type {any} */ { detail }) => {
      this.refresh();
      if (detail?.hasLeft) app.conversation.again();
    });
    window.addEventListener("vm:archive", (/** @type {any} */ { detail }) => this.#archive(detail));
  }

  /**
   * @param {string} folder
   * @param {string} kind
   */
  #refreshSoon(folder, kind) {
    this.isStale ||= isOfList(this.app.section.dataset, folder, kind);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.isStale) this.refresh(true);
      else this.app.counts().catch(tellRefusal);
    }, NEWS_DELAY);
  }

  /** @param {boolean} [byItself] nobody asked: the page learnt that something changed */
  async refresh(byItself = false) {
    const { app } = this;
    this.isStale = false;
    if (app.section.dataset.use === "boxes") app.sharedUnread.ask(0);
    await Promise.all([app.list.refresh(byItself), app.counts()]);
    updateTitle(app);
  }

  /**
   * The message that was answered, where one chose to archive it once the answer has left.
   * @param {MessageRef} ref
   */
  #archive({ folder, uidValidity, uid, box }) {
    const step = box
      ? folder.replaceAll("~", "~7E").replaceAll("/", "~2F")
      : this.app.folders.querySelector(`[data-folder="${CSS.escape(folder)}"]`)?.dataset.step;
    if (step) this.app.act("archive", [inBox(box ?? "", `${step}/${uidValidity}/${uid}`)]);
  }
}

/**
 * Whether what the list shows may have changed with that folder.
 * @param {DOMStringMap} list
 * @param {string} folder
 * @param {string} kind
 */
export function isOfList({ folder: shown, use = "" }, folder, kind) {
  return kind === "woken" || folder === shown || ["all", "boxes"].includes(use);
}
