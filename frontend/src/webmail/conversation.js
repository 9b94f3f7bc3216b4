// The open message among its conversation: one body at a time, the others as headers above and below it.
// Their frames cannot be measured from here, so that several bodies one under another are not possible.
import { pause } from "../ui/pause.js";
import { create } from "../ui/dom.js";
import { counted } from "../ui/french.js";
import { IN_BACKGROUND, Refused, fetchFragment } from "../ui/http.js";

const DWELL = 400; // milliseconds on a message before its conversation is looked for: it costs a search
const SHOWN = 3; // headers above the message; older ones on request

export class Conversation {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    /** @type {MessageElement[]} */
    this.headers = [];
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
    const isOpen = () => message.isConnected && message.dataset.ref === ref;
    if (!isOpen()) return;
    try {
      const headers = await this.#asked(ref);
      if (!isOpen()) return;
      this.headers = headers;
      this.#place(message);
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // a conversation that cannot be found is no reason to disturb
    }
  }

  /** @param {string} ref */
  async refs(ref) {
    return (await this.#asked(ref)).map((header) => header.dataset.ref);
  }

  // The first unread of the conversation that is not the open one.
  nextUnread() {
    const message = this.app.openMessage;
    return message?.querySelector(".conv li[data-unread] a") ?? null;
  }

  /**
   * @param {string} ref
   * @returns {Promise<MessageElement[]>}
   */
  async #asked(ref) {
    const [step, validity, uid] = ref.split("/");
    const url = `${this.app.dataset.home}${encodeURIComponent(step)}/${validity}/${uid}/conversation/`;
    const template = create("template");
    template.innerHTML = await (await fetchFragment(url, IN_BACKGROUND)).text();
    return [...template.content.querySelectorAll("li[data-ref]")];
  }

  /** @param {MessageElement} message */
  #place(message) {
    const held = message.contains(document.activeElement)
      ? document.activeElement?.closest(".conv li")?.dataset.ref
      : null;
    const unfolded = [...message.querySelectorAll(".conv[data-unfolded]")].map((old) => old.className);
    for (const old of message.querySelectorAll(".conv")) old.remove();
    const place = this.headers.findIndex((header) => header.dataset.ref === message.dataset.ref);
    if (place < 0 || this.headers.length < 2) return;
    for (const header of this.headers)
      if (header.dataset.ref === message.dataset.ref) header.removeAttribute("data-unread");
    const article = message.querySelector("article");
    const before = this.headers.slice(0, place);
    const after = this.headers.slice(place + 1);
    if (before.length) article.before(this.#group(before, "Courriels précédents de la conversation", true));
    if (after.length) article.after(this.#group(after, "Courriels suivants de la conversation", false));
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
    const hidden = areBefore ? headers.slice(0, -SHOWN) : headers.slice(SHOWN);
    for (const header of headers) header.hidden = hidden.includes(header);
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
    for (const header of group.querySelectorAll("li")) header.hidden = false;
    group.querySelector(":scope > button")?.remove();
  }
}
