// The stream of changes: folder and kind, no content. It comes back by itself; a page that slept asks again.
import { IN_BACKGROUND, send } from "../ui/http.js";

const LONGEST_PAUSE = 30000;

export class Live {
  /**
   * @param {MailApp} app
   * @param {(folder: string, kind: string) => void} onChange
   */
  constructor(app, onChange) {
    this.app = app;
    this.onChange = onChange;
    this.pause = 1000;
    /** @type {string} */
    this.ticket = app.dataset.ticket;
    this.#listen();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      if (this.source?.readyState !== EventSource.OPEN) this.#again(0);
      this.onChange("", "woken");
    });
    window.addEventListener("online", () => {
      this.#again(0);
      this.onChange("", "woken"); // whatever the stream noticed
    });
    window.addEventListener("pagehide", () => this.source?.close());
  }

  #place() {
    const told = this.app.dataset.push;
    const base = told.startsWith(":") ? `${location.protocol}//${location.hostname}${told}` : told;
    return `${base}?t=${encodeURIComponent(this.ticket)}`;
  }

  #listen() {
    this.source?.close();
    const source = new EventSource(this.#place());
    this.source = source;
    for (const kind of ["arrived", "gone", "flags", "folders"]) {
      source.addEventListener(kind, (event) => this.onChange(JSON.parse(event.data).folder, kind));
    }
    source.addEventListener("together", () => document.dispatchEvent(new Event("vm:members-changed")));
    source.addEventListener("open", () => {
      if (this.wasCut) {
        this.onChange("", "woken");
        document.dispatchEvent(new Event("vm:members-changed"));
      }
      this.wasCut = false;
      this.pause = 1000;
      this.app.dataset.live = "on";
    });
    source.addEventListener("error", () => {
      this.wasCut = true;
      this.app.dataset.live = "off";
      if (source.readyState === EventSource.CLOSED) this.#again(this.pause);
    });
  }

  /** @param {number} pause */
  #again(pause) {
    clearTimeout(this.timer);
    this.pause = Math.min(LONGEST_PAUSE, this.pause * 2);
    this.timer = setTimeout(async () => {
      try {
        const answer = await send(this.app.dataset.renew, {}, IN_BACKGROUND);
        this.ticket = (await answer.json()).ticket;
        this.#listen();
      } catch {
        this.#again(this.pause);
      }
    }, pause);
  }
}
