// <vm-composer-dock>: composers in frames of their own, docked in the page, several at once.
// Opened by the window event "vm:compose" {mode, ref, to} or by any [data-compose] control.
const PREFIX = "vm:compose:";
const PHONE = matchMedia("(max-width: 700px)");
const ROOMY = matchMedia("(min-width: 901px)");
const MIN_READER_HEIGHT = 420; // pixels of a pane that a message and its answer share

const SETTLES = 1500; // milliseconds a text may take to tell its height
const MOVES = "moveBefore" in Element.prototype; // a frame is moved without being loaded anew

const ANSWERS = new Set(["reply", "reply-all", "forward", "enclose"]);

function cookieToken() {
  return document.querySelector('meta[name="csrf"]')?.content || "";
}

class ComposerDock extends HTMLElement {
  /** @type {Map<string, DockedComposer>} by the draft's key */
  #open = new Map();
  #home = "";
  #isUnstepping = false;
  #place = () => {};

  connectedCallback() {
    this.#home = this.dataset.url ?? "";
    window.addEventListener("vm:compose", (event) => this.#compose(event.detail || {}));
    window.addEventListener("message", (event) => this.#hear(event));
    window.addEventListener("popstate", (event) => this.#goBack(event), true); // before the page goes anywhere
    document.addEventListener("click", (event) => this.#click(event), true);
    this.#offerLost();
    this.#followReader();
  }

  // Answers stand under the message they answer and scroll with it; away from it they wait at the bottom of the page.
  // A browser that loads anew a frame that moves keeps them across the foot of the reading pane instead.
  #followReader() {
    /** @type {HTMLElement | null} */
    const reader = document.querySelector("#reader");
    if (!reader) return;
    const place = () => this.#placeAnswers(reader);
    new ResizeObserver(place).observe(reader);
    new MutationObserver(place).observe(reader, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["data-uid"],
    });
    ROOMY.addEventListener("change", place);
    this.#place = place;
    if (!MOVES) return;
    // what is about to be taken out of the page would end them
    window.addEventListener("vm:pane-changes", () => {
      for (const { box } of this.#open.values()) if (reader.contains(box)) this.#takeHome(box);
    });
  }

  /** @param {HTMLElement} reader */
  #placeAnswers(reader) {
    let taken = 0;
    const { left, width, height, bottom } = reader.getBoundingClientRect();
    const hasRoom = ROOMY.matches && height >= MIN_READER_HEIGHT;
    for (const composer of this.#open.values()) {
      if (!composer.isAnswer) continue;
      const { box } = composer;
      const article = hasRoom ? articleOf(reader, composer.answered) : null;
      if (!article && hasRoom && box.classList.contains("below")) {
        this.#setSmall(composer, true);
        composer.isAway = true;
      } else if (article && composer.isAway) {
        this.#setSmall(composer, false);
        composer.isAway = false;
      }
      const isBelow = article && !taken && !box.matches(".small, .gone, .large");
      box.classList.toggle("below", Boolean(isBelow));
      const tall = Math.round(Math.min(560, height * 0.66));
      if (MOVES) {
        box.style.setProperty("--pane-height", `${tall}px`);
        this.#stand(composer, isBelow ? article : null);
        continue;
      }
      if (!isBelow) continue;
      taken = tall;
      for (const [name, value] of Object.entries({
        left,
        width,
        height: taken,
        bottom: innerHeight - bottom,
      }))
        box.style.setProperty(`--pane-${name}`, `${value}px`);
    }
    reader.style.paddingBottom = taken ? `${taken}px` : "";
  }

  /**
   * Under that message, or in the dock: moved only if it is elsewhere.
   * @param {DockedComposer} composer
   * @param {Element | null} article
   */
  #stand(composer, article) {
    const { box } = composer;
    if (article && box.previousElementSibling !== article) {
      box.classList.add("in-flow");
      article.parentElement?.moveBefore(box, article.nextElementSibling);
      if (!composer.isPlaced) this.#reveal(box, article);
      composer.isPlaced = true; // drawn again with its conversation, it is left where one reads
    } else if (!article && box.parentElement !== this) {
      this.#takeHome(box);
    }
    if (!article) composer.isPlaced = false;
  }

  /** @param {HTMLElement} box */
  #takeHome(box) {
    box.classList.remove("in-flow");
    this.moveBefore(box, null);
  }

  /**
   * In sight, also once the text above has told its height.
   * @param {HTMLElement} box
   * @param {Element} article
   */
  #reveal(box, article) {
    window.dispatchEvent(new Event("vm:answer-placed"));
    const sizes = new ResizeObserver(() => box.scrollIntoView({ block: "nearest" }));
    sizes.observe(article);
    setTimeout(() => sizes.disconnect(), SETTLES);
  }

  // `vm:compose:17:key` in one's own mailbox, `vm:compose:17.3:key` in the mailbox of several people number 3.
  /** @param {string} place */
  #parse(place) {
    const [owner, key] = place.slice(PREFIX.length).split(":");
    const [person, box] = owner.split(".");
    const home = this.#home.replace(/^\/boites\/\d+/, "");
    return { person, key, home: box ? `/boites/${box}${home}` : home };
  }

  // A browser that crashed, a network that went: what never reached the server is sent now, and said.
  async #offerLost() {
    for (const place of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
      const { person, key, home } = this.#parse(place);
      if (person !== this.dataset.person) continue;
      let kept;
      try {
        kept = JSON.parse(localStorage.getItem(place) ?? "null");
      } catch {
        kept = null;
      }
      const told = kept?.fields
        ? await this.#post(`${home}${key}/brouillon/`, { ...kept.fields, revision: kept.revision })
        : { gone: true };
      if (told?.revision || told?.gone || told?.code === "compose.already-sent")
        localStorage.removeItem(place);
      if (told?.new || told?.code === "compose.changed-elsewhere") this.#offer(`${home}${key}/`, key);
    }
  }

  /**
   * @param {string} url
   * @param {string} key
   */
  #offer(url, key) {
    const notice = window.vaguemestre.notify("Un courriel non enregistré a été retrouvé.", "warn", 0);
    if (!notice) return;
    notice.dataset.stays = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn line";
    button.textContent = "Le reprendre";
    button.addEventListener("click", () => {
      notice.remove();
      this.#show(key, url, "Courriel retrouvé");
    });
    notice.append(button);
    window.dispatchEvent(new CustomEvent("vm:mail-changed", { detail: { folders: ["drafts"] } }));
  }

  // What the server says, refusals included; null when nobody answers or the session is over.
  /**
   * @param {string} address
   * @param {Record<string, string>} fields
   */
  async #post(address, fields) {
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": cookieToken() },
        body: new URLSearchParams(fields),
        cache: "no-store",
      });
      return answer.redirected || answer.status === 403 ? null : await answer.json();
    } catch {
      return null;
    }
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const control = event.target.closest?.("[data-compose]");
    if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const place = control.closest("[data-folder]");
    const from = { ...(place ? place.dataset : {}), ...control.dataset };
    const { folder, uidValidity, uid, ofBox: box } = from;
    const ref = uid ? { folder, uidValidity, uid, box } : undefined;
    this.#compose({ mode: control.dataset.compose || "new", ref, to: control.dataset.to });
  }

  /** @param {ComposeRequest} request */
  async #compose({ mode = "new", ref, to = "" }) {
    const fields = { mode, to };
    if (ref) Object.assign(fields, { folder: ref.folder, uid_validity: ref.uidValidity, uid: ref.uid });
    const told = await this.#post(`${ref?.box ? `/boites/${ref.box}` : ""}${this.#home}`, fields);
    if (!told?.key) {
      const words =
        told?.error || "La messagerie ne répond pas, ou votre session est terminée : rechargez la page.";
      window.vaguemestre.notify(words, "danger");
      return;
    }
    const isAnswer = Boolean(ref) && ANSWERS.has(mode);
    this.#show(told.key, told.url, "Nouveau courriel", ref, isAnswer);
  }

  /**
   * @param {string} key
   * @param {string} url
   * @param {string} title
   * @param {ComposeRequest["ref"]} [answered]
   * @param {boolean} [isAnswer] it may stand under what it answers
   */
  #show(key, url, title, answered, isAnswer = false) {
    const known = this.#open.get(key);
    if (known) return this.#raise(known);
    if (matchMedia("(max-width: 900px)").matches)
      for (const composer of this.#open.values()) this.#minimise(composer, true);
    const box = document.createElement("section");
    box.className = "composer-box";
    box.setAttribute("aria-label", title);
    const head = document.createElement("div");
    head.className = "head";
    const name = document.createElement("button");
    name.type = "button";
    name.className = "name clip";
    name.textContent = title;
    name.setAttribute("aria-expanded", "true");
    const frame = document.createElement("iframe");
    frame.src = `${url}?cadre=1`;
    frame.title = "Rédaction";
    const composer = { key, url, box, frame, name, answered, isAnswer, opener: document.activeElement };
    name.addEventListener("click", () => this.#minimise(composer, !box.classList.contains("small")));
    const small = this.#tool("minus", "Réduire", () =>
      this.#minimise(composer, !box.classList.contains("small")),
    );
    const large = this.#tool("arrows-maximize", "Agrandir", () => this.#enlarge(composer, large));
    const apart = this.#tool("external-link", "Ouvrir dans une fenêtre", () => this.#detach(composer));
    const close = this.#tool("x", "Fermer en gardant le brouillon", () => this.#close(composer));
    head.append(name, small, large, apart, close);
    box.append(head, frame);
    this.append(box);
    this.#open.set(key, composer);
    if (document.querySelector("mail-app")?.dataset.answers === "fenetre") composer.isAnswer = false;
    this.#place();
    document.body.classList.add("composing");
    frame.addEventListener("load", () => frame.contentWindow?.focus(), { once: true });
    this.#step(composer);
  }

  // On a phone a composer is a page: Back closes it. One step of the history is its own while it fills the screen.
  /** @param {DockedComposer} composer */
  #step(composer) {
    if (!PHONE.matches) return;
    composer.step = Math.random();
    history.pushState({ ...history.state, composer: composer.step }, "");
  }

  // The step goes with the composer, unless the page went on meanwhile.
  /** @param {DockedComposer} composer */
  #unstep(composer) {
    if (composer.step && history.state?.composer === composer.step) {
      this.#isUnstepping = true;
      history.back();
    }
    composer.step = 0;
  }

  /** @param {PopStateEvent} event */
  #goBack(event) {
    const left = [...this.#open.values()].find(
      (composer) =>
        composer.step && composer.step !== event.state?.composer && !composer.box.classList.contains("small"),
    );
    if (!this.#isUnstepping && !left) return;
    event.stopImmediatePropagation();
    this.#isUnstepping = false;
    if (!left) return;
    left.step = 0;
    this.#close(left);
  }

  /**
   * @param {string} icon
   * @param {string} label
   * @param {() => void} act
   */
  #tool(icon, label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `tool ${icon}`;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.append(window.vaguemestre.icon(icon));
    button.addEventListener("click", act);
    return button;
  }

  /** @param {DockedComposer} composer */
  #raise(composer) {
    this.#minimise(composer, false);
    composer.frame.focus();
  }

  /**
   * @param {DockedComposer} composer
   * @param {boolean} isSmall
   */
  #minimise(composer, isSmall) {
    this.#setSmall(composer, isSmall);
    composer.isAway = false;
    this.#place();
  }

  /**
   * @param {DockedComposer} composer
   * @param {boolean} isSmall
   */
  #setSmall(composer, isSmall) {
    composer.box.classList.toggle("small", isSmall);
    composer.name.setAttribute("aria-expanded", String(!isSmall));
    if (isSmall) composer.box.classList.remove("large");
  }

  /**
   * @param {DockedComposer} composer
   * @param {HTMLElement} button
   */
  #enlarge(composer, button) {
    const isLarge = composer.box.classList.toggle("large");
    composer.box.classList.remove("small");
    button.title = isLarge ? "Rendre sa taille" : "Agrandir";
    button.setAttribute("aria-label", button.title);
    button.replaceChildren(window.vaguemestre.icon(isLarge ? "arrows-minimize" : "arrows-maximize"));
    this.#place();
  }

  /** @param {DockedComposer} composer */
  #close(composer) {
    composer.frame.contentWindow?.postMessage({ type: "vm:composer", act: "close" }, location.origin);
    composer.timer = setTimeout(() => this.#discard(composer), 4000); // whatever happens in the frame, its text is kept
  }

  /** @param {DockedComposer} composer */
  #detach(composer) {
    const address = composer.url;
    const opened = window.open("about:blank", `vm-${composer.key}`, "popup,width=860,height=760");
    composer.onClosed = () => {
      if (opened) opened.location.replace(address);
      else location.assign(address);
    };
    this.#close(composer);
  }

  /** @param {DockedComposer} composer */
  #discard(composer) {
    clearTimeout(composer.timer);
    if (!this.#open.delete(composer.key)) return;
    composer.box.remove();
    this.#place();
    this.#unstep(composer);
    composer.onClosed?.();
    document.body.classList.toggle("composing", this.#open.size > 0);
    if (composer.opener instanceof HTMLElement && composer.opener.isConnected)
      composer.opener.focus({ preventScroll: true });
  }

  /** @param {MessageEvent<ComposerNews>} event */
  #hear(event) {
    if (event.origin !== location.origin || event.data?.type !== "vm:composer") return;
    const composer = [...this.#open.values()].find((open) => open.frame.contentWindow === event.source);
    if (!composer) return;
    const said = event.data;
    if (said.url) composer.url = said.url; // another mailbox may have been chosen meanwhile
    if (said.key && said.key !== composer.key) {
      this.#open.delete(composer.key); // the text went on as a second draft
      composer.key = said.key;
      this.#open.set(composer.key, composer);
    }
    this.#showNews(composer, said);
    if (said.archives && composer.answered)
      window.dispatchEvent(new CustomEvent("vm:archive", { detail: composer.answered }));
    if (said.event === "changed" || said.event === "done") {
      const folders = said.folders || ["drafts", "sent", "source"];
      window.dispatchEvent(new CustomEvent("vm:mail-changed", { detail: { folders } }));
    }
  }

  /**
   * @param {DockedComposer} composer
   * @param {ComposerNews} news
   */
  #showNews(composer, { event, title = "", height }) {
    const { box, name } = composer;
    if (event === "title") {
      name.textContent = title;
      box.setAttribute("aria-label", title);
    } else if (event === "sent") {
      box.classList.add("gone");
      this.#place();
      this.#unstep(composer);
    } else if (event === "sized") box.style.setProperty("--strip", `${Number(height)}px`);
    else if (event === "back") {
      box.classList.remove("gone", "small");
      this.#place();
      this.#step(composer);
    } else if (event === "done")
      setTimeout(() => box.classList.contains("gone") && this.#discard(composer), 6000);
    else if (event === "closed") this.#discard(composer);
    else if (event === "escape") {
      this.#minimise(composer, true);
      name.focus(); // its title stays, and opens it again
    }
  }
}

/**
 * The message an answer goes under, if the reader shows it: open, or unfolded among its conversation.
 * @param {HTMLElement} reader
 * @param {ComposeRequest["ref"]} ref
 * @returns {Element | null}
 */
function articleOf(reader, ref) {
  const messages = /** @type {HTMLElement[]} */ ([...reader.querySelectorAll(".message, .unfolded")]);
  const message = messages.find(
    ({ dataset }) =>
      dataset.folder === ref?.folder &&
      (dataset.ofBox ?? "") === (ref?.box ?? "") &&
      dataset.uid === String(ref?.uid) &&
      dataset.uidValidity === String(ref?.uidValidity),
  );
  return message?.querySelector(":scope > article") ?? null;
}

customElements.define("vm-composer-dock", ComposerDock);
