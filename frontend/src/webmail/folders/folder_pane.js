// The folders beside the list: how many are unread in each, and which of them the list shows.
import { pause } from "../../ui/pause.js";
import { IN_BACKGROUND, fetchFragment, tellRefusal } from "../../ui/http.js";
import { pointerReleased } from "../actions/drag_and_drop.js";

const COUNTS_DELAY_MS = 30;
// What a link or a button of the folders is known by, drawn anew.
const SAME = [
  "href",
  "data-step",
  "data-folder-menu",
  "data-folder-do",
  "data-search-drop",
  "data-label-manage",
];

export class FolderPane {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    /** @type {Promise<void> | null} */
    this.asked = null;
    this.turn = 0; // of the counts asked for last
    this.drawnTurn = 0; // of those drawn: older ones may come after them
  }

  // Asked anew; news that come together are asked for once, and whoever waits for them goes on.
  counts() {
    this.asked ??= pause(COUNTS_DELAY_MS).then(() => {
      this.asked = null;
      return this.#ask();
    });
    return this.asked;
  }

  async #ask() {
    const { app } = this;
    const turn = (this.turn += 1);
    try {
      const query = new URLSearchParams({ active: app.section.dataset.folder });
      const html = await (await fetchFragment(`${app.dataset.folders}?${query}`, IN_BACKGROUND)).text();
      await pointerReleased();
      if (turn < this.drawnTurn) return;
      this.drawnTurn = turn;
      this.draw(html);
    } catch (error) {
      tellRefusal(error);
    }
  }

  /** @param {string} html */
  draw(html) {
    const { app } = this;
    const place = app.folders.querySelector(".folder-lists");
    const held = place.contains(document.activeElement) && document.activeElement;
    place.innerHTML = html;
    app.sharedUnread.show();
    this.markHere();
    if (!held) return;
    const isSame = (/** @type {Element} */ control) =>
      SAME.every((name) => control.getAttribute(name) === held.getAttribute(name));
    [...place.querySelectorAll("a, button")].find(isSame)?.focus();
  }

  // The folder, the label or the saved search the list shows: what was drawn may have been asked for from elsewhere.
  markHere() {
    const { folders, section } = this.app;
    const { asked, step, use } = section.dataset;
    /** @type {FolderLink[]} */
    const links = [...folders.querySelectorAll(".folder-lists a.folder-link")];
    const savedSearch = asked && links.find((link) => new URL(link.href).searchParams.get("q") === asked);
    const isEverywhere = asked && use === "all"; // nobody chose the folder of all mail
    const here = savedSearch || (!isEverywhere && links.find((link) => link.dataset.step === step));
    for (const link of links) {
      if (link === here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}
