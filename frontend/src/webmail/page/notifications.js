// Outside the page: the icon of the tab; and what has just arrived, told by `on_use/arrivals.js`.
import { create, find, load } from "../../ui/dom.js";
export class Notifications {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    /** @type {HTMLLinkElement | null} */
    this.icon = find('link[rel="icon"]');
    this.plain = this.icon?.href ?? "";
    /** @type {Set<string>} */
    this.known = new Set();
  }

  /** @param {number} unread */
  count(unread) {
    if (!this.icon || unread === this.shown) return;
    /** @type {number | undefined} */
    this.shown = unread;
    this.icon.href = unread ? this.#badge(unread) : this.plain;
  }

  /** @param {number} unread */
  #badge(unread) {
    const canvas = create("canvas");
    canvas.width = canvas.height = 64;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.fillStyle = "#1f4fb2";
    pen.beginPath();
    pen.roundRect?.(2, 10, 60, 46, 8);
    pen.fill();
    pen.strokeStyle = "#fff";
    pen.lineWidth = 5;
    pen.beginPath();
    pen.moveTo(8, 18);
    pen.lineTo(32, 38);
    pen.lineTo(56, 18);
    pen.stroke();
    pen.fillStyle = "#c6243a";
    pen.beginPath();
    pen.arc(44, 44, 20, 0, 7);
    pen.fill();
    pen.fillStyle = "#fff";
    pen.font = `bold ${unread > 9 ? 22 : 28}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(unread > 99 ? "99" : String(unread), 44, 45);
    return canvas.toDataURL("image/png");
  }

  // Rows on top that were not there: told once.
  /** @param {MessageRow[]} rows */
  notifyArrivals(rows) {
    const fresh = rows.filter(
      (row) =>
        row.classList.contains("unread") &&
        !row.classList.contains("muted") &&
        !this.known.has(row.dataset.ref),
    );
    for (const row of rows) this.known.add(row.dataset.ref);
    if (!this.seenOnce) {
      this.seenOnce = true;
      return;
    }
    if (fresh.length)
      load("webmail/on_use/arrivals.js").then(({ tellArrivals }) => tellArrivals(this.app, fresh));
  }
}
