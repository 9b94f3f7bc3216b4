// No text lost: on this computer at once, on the server after a breath, two windows never over each other.
import { Away, Refused, SignedOut } from "./server.js";

const PAUSE_MS = 1500; // after the last letter
const MAX_PAUSE_MS = 4500; // after the first, for who never stops
const MAX_FAREWELL_CHARS = 60_000; // browsers send no more of a page that is being left
const RETRY_MS = 3000; // and as much again after each failure
const MAX_RETRY_MS = 15_000;

export class Autosave {
  /**
   * @param {ComposerForm} form
   * @param {Server} server
   * @param {AutosavedComposer} composer
   */
  constructor(form, server, { read, isUntouched, onState, onFork }) {
    this.server = server;
    this.read = () => ({ ...read(), ...(isUntouched() ? { untouched: "1" } : {}) });
    this.isUntouched = isUntouched;
    this.onState = onState;
    this.onFork = onFork;
    this.revision = Number(form.dataset.revision);
    this.prefix = `vm:compose:${form.dataset.person}:`;
    this.store = form.dataset.shared ? sessionStorage : localStorage;
    this.isDirty = false;
    this.isStopped = false;
    this.hasBegun = false;
    this.failures = 0;
    /** @type {number | undefined} */
    this.since = undefined;
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {Promise<boolean> | null} */
    this.running = null;
    window.addEventListener("online", () => this.isDirty && this.schedule(0));
    window.addEventListener("focus", () => this.isDirty && this.schedule(0));
    document.addEventListener("visibilitychange", () => document.hidden && this.isDirty && this.schedule(0));
    window.addEventListener("pagehide", () => this.part());
  }

  get place() {
    return this.prefix + this.server.key;
  }

  // Text this computer kept that the server never got.
  storedText() {
    try {
      return JSON.parse(this.store.getItem(this.place) || "null");
    } catch {
      return null;
    }
  }

  // Nothing is kept until something differs from what the composer opened with.
  noteChange() {
    if (this.isStopped) return;
    if (!this.hasBegun && this.isUntouched()) return;
    this.hasBegun = true;
    this.isDirty = true;
    this.since ??= Date.now();
    try {
      this.store.setItem(
        this.place,
        JSON.stringify({ at: Date.now(), revision: this.revision, fields: this.read() }),
      );
    } catch {
      // full or forbidden: the server's copy remains
    }
    this.schedule(Math.max(0, Math.min(PAUSE_MS, this.since + MAX_PAUSE_MS - Date.now())));
  }

  // Another page goes on with the text: it is kept even as it opened.
  insist() {
    this.hasBegun = true;
    this.noteChange();
  }

  /** @param {number} delay milliseconds */
  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  save() {
    clearTimeout(this.timer);
    if (this.isStopped || !this.isDirty) return this.running ?? Promise.resolve(true);
    this.running = (this.running ?? Promise.resolve()).then(() => this.saveOnce());
    return this.running;
  }

  /** @returns {Promise<boolean>} */
  async saveOnce() {
    if (this.isStopped || !this.isDirty) return true;
    this.isDirty = false;
    const began = this.since;
    this.since = undefined;
    const sent = this.read();
    this.onState("saving");
    try {
      const { revision, trouble } = await this.server.post("brouillon/", {
        ...sent,
        revision: this.revision,
      });
      this.revision = revision;
      if (!this.isDirty) this.forget();
      this.onState(trouble ? "trouble" : "saved", trouble);
      this.failures = 0;
      return true;
    } catch (error) {
      this.isDirty = true;
      this.since = began;
      return this.handleFailure(error);
    }
  }

  // The page goes away with something unsaved: said without waiting for the answer. The copy of this computer
  // stays, and the next page finds that the server has the same text.
  part() {
    if (this.isStopped || !this.isDirty) return;
    const body = new URLSearchParams({ ...this.read(), revision: String(this.revision) });
    if (body.toString().length > MAX_FAREWELL_CHARS) return;
    this.server
      .ask(this.server.address("brouillon/"), { method: "POST", body, keepalive: true })
      .catch(() => {});
  }

  /**
   * @param {unknown} error
   * @returns {Promise<boolean>}
   */
  async handleFailure(error) {
    if (error instanceof Refused && error.code === "compose.changed-elsewhere") return this.fork();
    if (error instanceof Refused && error.code === "compose.already-sent") {
      this.stop();
      this.onState("sent-elsewhere");
      return false;
    }
    if (error instanceof Refused) {
      this.onState("trouble", error.message);
      return false;
    }
    this.failures += 1;
    this.onState(error instanceof SignedOut ? "signed-out" : error instanceof Away ? "away" : "trouble");
    this.schedule(Math.min(RETRY_MS * this.failures, MAX_RETRY_MS));
    return false;
  }

  // Another window saved since: this text goes on as a second draft, and both stay.
  /** @returns {Promise<boolean>} */
  async fork() {
    try {
      const draft = await this.server.post("dedoubler/", {});
      this.forget();
      this.server.key = draft.key;
      this.revision = 0;
      this.onFork(draft);
      this.noteChange();
      return true;
    } catch (error) {
      return this.handleFailure(error instanceof Refused ? new Away() : error);
    }
  }

  forget() {
    this.store.removeItem(this.place);
  }

  stop() {
    this.isStopped = true;
    this.isDirty = false;
    clearTimeout(this.timer);
  }

  /** @param {number} [revision] */
  resume(revision) {
    this.isStopped = false;
    if (revision !== undefined) this.revision = revision;
  }
}
