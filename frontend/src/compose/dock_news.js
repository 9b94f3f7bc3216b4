// What a composer in a frame of its own tells the page around it, which docks it.

export class DockNews {
  /** @param {Server} server */
  constructor(server) {
    this.server = server;
    this.isFramed = window.parent !== window && document.body.classList.contains("framed");
  }

  /**
   * @param {string} event
   * @param {Partial<ComposerNews> & {state?: string}} more
   */
  post(event, more = {}) {
    if (!this.isFramed) return;
    window.parent.postMessage(
      { type: "vm:composer", event, key: this.server.key, url: location.pathname, ...more },
      location.origin,
    );
  }

  /** @param {{close: () => void, undo: () => void}} acts what is done when the dock asks for it */
  listen(acts) {
    window.addEventListener("message", (event) => {
      if (event.origin !== location.origin || event.source !== window.parent) return;
      const { type, act } = event.data ?? {};
      if (type !== "vm:composer") return;
      if (act === "close") acts.close();
      else if (act === "undo") acts.undo();
    });
  }

  // Taken in one go with the focus: no key comes between.
  typeKeysAhead() {
    const text = this.isFramed ? window.parent.vaguemestre?.releaseKeys?.() : "";
    if (text) document.execCommand("insertText", false, text); // where the caret is, as keys would
  }

  /**
   * A page of the composer, in the frame if this one is.
   * @param {string} address
   */
  frameAddress(address) {
    const place = new URL(address, location.href);
    if (this.isFramed) place.searchParams.set("cadre", "1");
    return place.href;
  }
}
