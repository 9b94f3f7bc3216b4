// The open message among its conversation: the others are heading lines above and below it, each unfolded in place.
import { addressIn, bareRef, boxOf, inBox } from "../boxes.js";
import { pause } from "../../ui/pause.js";
import { create, isPlainClick, load, paneChanges } from "../../ui/dom.js";
import { counted } from "../../ui/french.js";
import { IN_BACKGROUND, Refused, fetchFragment } from "../../ui/http.js";

const DWELL = 400; // milliseconds on a message before its conversation is looked for: it costs a search
const FOLDABLE = "li[data-ref]:not([data-draft])"; // a draft opens where it is written
const SHOWN = 3; // headers above the message; older ones on request

export class Conversation {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    /** @type {MessageElement[]} */
    this.headers = [];
    this.turn = 0; // of the conversation looked for last
    this.shownTurn = 0; // of the one shown: an older answer may come after it
    /** @type {Element | null} */
    this.unfolding = null; // the message whose conversation unfolds, line after line
  }

  forget() {
    this.headers = [];
  }

  // The messages of the conversation looked for last.
  get known() {
    return this.headers.map((header) => header.dataset.ref);
  }

  /** @param {MessageElement} message */
  async show(message) {
    if (this.app.dataset.conversations === "jamais") return;
    const ref = message.dataset.ref;
    const isKnown = this.headers.some((header) => header.dataset.ref === ref);
    if (isKnown) this.#place(message);
    else if (!message.querySelector("[data-thread]") && !this.app.list.row(ref)?.dataset.others) return;
    else await pause(DWELL);
    await this.#look(message, ref);
  }

  // Sought anew: an answer of one's own has left.
  async again() {
    const message = this.app.openMessage;
    if (message && this.app.dataset.conversations !== "jamais")
      await this.#look(message, message.dataset.ref);
  }

  /**
   * @param {MessageElement} message
   * @param {string} ref
   */
  async #look(message, ref) {
    const turn = (this.turn += 1);
    const isOpen = () => message.isConnected && message.dataset.ref === ref;
    if (!isOpen()) return;
    try {
      const headers = await this.#fetch(ref);
      if (!isOpen() || turn < this.shownTurn) return;
      this.shownTurn = turn;
      this.headers = headers.map((header) => this.#headerToKeep(header));
      this.#place(message);
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // a conversation that cannot be found is no reason to disturb
    }
  }

  /** @param {string} ref */
  async refs(ref) {
    return (await this.#fetch(ref)).map((header) => header.dataset.ref);
  }

  // The first unread of the conversation that is not the open one.
  nextUnread() {
    const message = this.app.openMessage;
    return message?.querySelector(".conv li[data-unread] a") ?? null;
  }

  // All of them, or none any more.
  async toggleAll() {
    const message = this.app.openMessage;
    if (!message?.querySelector(".conv")) return;
    const items = [...message.querySelectorAll(`.conv ${FOLDABLE}`)];
    const { fold, unfoldAll } = await load("webmail/on_use/unfold.js");
    for (const group of message.querySelectorAll(".conv")) this.#unfold(group);
    const isAnyFolded = this.#isAnyFolded(message);
    this.unfolding = isAnyFolded ? message : null;
    this.#nameToggle(message);
    if (isAnyFolded) await unfoldAll(this.app, items, () => this.unfolding === message);
    else items.forEach(fold);
    if (this.unfolding === message) this.unfolding = null;
    this.#nameToggle(message);
  }

  // None counts while they all unfold: what the button says is what it does meanwhile.
  /** @param {Element} message */
  #isAnyFolded(message) {
    if (this.unfolding === message) return false;
    return Boolean(message.querySelector(`.conv ${FOLDABLE}:not(:has(.unfolded))`));
  }

  /** @param {Element} message */
  #nameToggle(message) {
    const button = message.querySelector("[data-do=unfold-all]");
    if (!button) return;
    button.textContent = this.#isAnyFolded(message) ? "Tout déplier" : "Tout replier";
  }

  /**
   * @param {MouseEvent} event
   */
  async #click(event) {
    const link = event.target.closest("a.open");
    if (!link || !isPlainClick(event)) return;
    event.preventDefault();
    event.stopPropagation(); // else the page would open it in place of the other
    const item = link.closest("li[data-ref]");
    if (!item.matches(FOLDABLE)) return this.app.compose("draft", item);
    const { toggle } = await load("webmail/on_use/unfold.js");
    const { ref } = item.dataset; // news may have drawn the line anew meanwhile
    await toggle(this.app, this.headers.find((header) => header.dataset.ref === ref) ?? item);
    const message = this.app.openMessage;
    if (message) this.#nameToggle(message);
  }

  /**
   * @param {string} ref
   * @returns {Promise<MessageElement[]>}
   */
  async #fetch(ref) {
    const box = boxOf(ref);
    const [step, validity, uid] = bareRef(ref).split("/");
    const home = addressIn(box, this.app.dataset.home);
    const url = `${home}${encodeURIComponent(step)}/${validity}/${uid}/conversation/`;
    const template = create("template");
    template.innerHTML = await (await fetchFragment(url, IN_BACKGROUND)).text();
    /** @type {MessageElement[]} */
    const items = [...template.content.querySelectorAll("li[data-ref]")];
    for (const { dataset } of items) dataset.ref = inBox(box, dataset.ref);
    return items;
  }

  // The line that is there, if its message is unfolded under it, or about to be.
  /** @param {MessageElement} header */
  #headerToKeep(header) {
    const old = this.headers.find((other) => other.dataset.ref === header.dataset.ref);
    return old && isUnfolded(old) ? old : header;
  }

  /** @param {MessageElement} message */
  #place(message) {
    const held = message.contains(document.activeElement)
      ? document.activeElement?.closest(".conv li")?.dataset.ref
      : null;
    const unfolded = [...message.querySelectorAll(".conv[data-unfolded]")].map((old) => old.className);
    paneChanges();
    for (const old of message.querySelectorAll(".conv")) old.remove();
    const place = this.headers.findIndex((header) => header.dataset.ref === message.dataset.ref);
    if (place < 0 || this.headers.length < 2) return;
    for (const header of this.headers)
      if (header.dataset.ref === message.dataset.ref) {
        header.removeAttribute("data-unread");
        header.querySelector(".unfolded")?.remove();
      }
    const article = message.querySelector(":scope > article");
    const before = this.headers.slice(0, place);
    const after = this.headers.slice(place + 1);
    // Under the subject, which is that of them all.
    if (before.length)
      article
        .querySelector(":scope > .labels")
        .after(this.#group(before, "Courriels précédents de la conversation", true));
    if (after.length) article.after(this.#group(after, "Courriels suivants de la conversation", false));
    const first = message.querySelector(".conv");
    const bar = toggleOfAll();
    if (before.length) bar.append(...first.querySelectorAll(":scope > button"));
    first.prepend(bar);
    this.#nameToggle(message);
    for (const group of message.querySelectorAll(".conv")) {
      if (unfolded.includes(group.className)) this.#unfold(group);
    }
    if (held) message.querySelector(`.conv li[data-ref="${CSS.escape(held)}"] a`)?.focus();
  }

  /**
   * @param {MessageElement[]} headers
   * @param {string} label
   * @param {boolean} areBefore
   */
  #group(headers, label, areBefore) {
    const group = create("div");
    group.className = `conv${areBefore ? "" : " below"}`;
    const list = create("ol");
    list.setAttribute("aria-label", label);
    list.append(...headers);
    group.append(list);
    group.addEventListener("click", (event) => this.#click(event));
    const hidden = areBefore ? headers.slice(0, -SHOWN) : headers.slice(SHOWN);
    for (const header of headers) {
      const link = header.querySelector("a.open");
      header.hidden = hidden.includes(header);
      link.setAttribute("aria-expanded", String(isUnfolded(header)));
    }
    if (hidden.length) {
      const more = create("button");
      more.type = "button";
      more.className = "btn-text";
      more.textContent = `${counted(hidden.length, "autre")} ${areBefore ? "avant" : "après"}`;
      more.addEventListener("click", () => {
        this.#unfold(group);
        hidden[0].querySelector("a").focus();
      });
      if (areBefore) group.prepend(more);
      else group.append(more);
    }
    return group;
  }

  // Once and for all while this message is open: news of the conversation draw the group again.
  /** @param {HTMLElement} group */
  #unfold(group) {
    group.dataset.unfolded = "";
    for (const header of group.querySelectorAll("li[data-ref]")) header.hidden = false;
    group.querySelector(":scope > button, :scope > p > button:not([data-do])")?.remove();
  }
}

// Or about to be: its message is on the way.
/** @param {MessageElement} header */
function isUnfolded(header) {
  return header.hasAttribute("aria-busy") || Boolean(header.querySelector(".unfolded"));
}

function toggleOfAll() {
  const bar = create("p");
  const button = create("button");
  button.type = "button";
  button.className = "btn-text";
  button.dataset.do = "unfold-all";
  button.title = "Tout déplier ou replier (;)";
  bar.append(button);
  return bar;
}
