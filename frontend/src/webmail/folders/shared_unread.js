// Unread beside the shared mailboxes: asked once the page is there, and again when somebody comes back to it.
import { create } from "../../ui/dom.js";
import { agree, number } from "../../ui/french.js";
import { IN_BACKGROUND, Refused, fetchFragment } from "../../ui/http.js";

const FRESH = 60_000; // milliseconds

export class SharedUnread {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    /** @type {Record<string, number>} */
    this.counts = {};
    this.asked = -Infinity;
    const ask = () => this.ask();
    addEventListener("focus", ask);
    if (document.readyState === "complete") ask();
    else addEventListener("load", ask, { once: true });
  }

  /** @param {number} [fresh] milliseconds during which counts are not asked again */
  async ask(fresh = FRESH) {
    const list = this.app.folders.querySelector("[data-elsewhere]");
    if (!list || performance.now() - this.asked < fresh) return;
    this.asked = performance.now();
    try {
      this.counts = await (await fetchFragment(list.dataset.elsewhere, IN_BACKGROUND)).json();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return; // the folders are there without them
    }
    this.show();
  }

  // The pane is drawn anew after each change, without these.
  show() {
    for (const place of this.app.folders.querySelectorAll("[data-box]")) {
      const { box, own } = place.dataset;
      const counts = Object.values(this.counts);
      const unread =
        box === "all" ? counts.reduce((sum, one) => sum + one, Number(own)) : (this.counts[box] ?? 0);
      place.hidden = !unread;
      place.textContent = number(unread);
      const said = create("span");
      said.className = "vh";
      said.textContent = ` ${agree(unread, "non lu")}`;
      place.append(said);
    }
  }
}
