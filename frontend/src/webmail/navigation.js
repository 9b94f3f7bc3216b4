// Going somewhere without leaving the page: a message of the list at hand, or another list.
import { boxOf, inBox, placeOf } from "./boxes.js";
import { find, findAll, paneChanges } from "../ui/dom.js";
import { tellRefusal } from "../ui/http.js";
import { updateTitle } from "./page/page_title.js";
import { firstResultsOf } from "./search/results.js";

const BUSY_AFTER = 100; // milliseconds
const WIDE = matchMedia("(min-width: 701px)");
const isBeside = (/** @type {MailApp} */ app) => WIDE.matches && app.dataset.layout !== "aucun";

export class Navigation {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    this.listAddress = location.href;
    this.awaitedRef = ""; // asked for, not there yet
    this.turn = 0;
    window.addEventListener("popstate", () => {
      for (const dialog of findAll("dialog[open]")) dialog.close(); // of the message one leaves
      app.bodyFrame.leave();
      this.visit(location.href, { push: false });
    });
  }

  /**
   * @param {string} url
   * @param {{push?: boolean, focus?: boolean}} [options] push: one more step of the history
   */
  async visit(url, { push = true, focus = false } = {}) {
    const to = new URL(url, location.href);
    const { box, steps } = placeOf(this.app.dataset.home, to.pathname);
    const isMessage = steps.length >= 3;
    if (isMessage) steps[0] = inBox(box, steps[0]);
    try {
      if (isMessage) await this.#visitMessage(to, steps, push, focus);
      else await this.#visitFolder(to, steps, push);
    } catch (error) {
      tellRefusal(error);
      if (push && isMessage) this.app.refresh();
    }
  }

  // Back to the list, nothing open.
  close() {
    const { app } = this;
    if (!app.openRef) return;
    const row = app.list.row(app.openRef) ?? app.list.openRow;
    this.#push(this.listAddress, "list");
    this.#showList();
    if (row) app.list.focus(row);
  }

  /**
   * The open message left: the next one takes its place on a desk, else the list.
   * @param {string[]} refs
   * @param {MessageRow | null} next
   */
  follow(refs, next) {
    const { app } = this;
    if (!refs.includes(app.openRef)) {
      app.list.focus(next);
      return;
    }
    if (next && isBeside(app) && !next.hasAttribute("data-draft")) {
      const address = next.querySelector("a.open").href;
      history.replaceState({ pane: "reading" }, "", address);
      this.visit(address, { push: false });
      app.list.focus(next);
      return;
    }
    history.replaceState({ pane: "list" }, "", this.listAddress);
    this.#showList();
    if (next) app.list.focus(next);
  }

  // The same list asked for anew, whole: how it is grouped changed.
  async reload() {
    try {
      await this.#replacePage(new URL(this.listAddress), false);
    } catch (error) {
      tellRefusal(error);
    }
  }

  // The list at hand changed: where it is, for coming back to it.
  rememberListAddress() {
    const { app } = this;
    const ownAddress = `${app.dataset.home}${encodeURIComponent(app.section.dataset.step)}/`;
    this.listAddress = app.shownRef ? ownAddress : location.href;
  }

  /**
   * Opened from a search, the text has the words marked; its address stays what it is.
   * @param {URL} to
   */
  addressWithWords(to) {
    const { searched } = this.app.list;
    if (!searched || to.search) return to.href;
    return `${to.href}?${new URLSearchParams({ q: searched })}`;
  }

  /**
   * @param {URL} to
   * @param {string[]} steps
   * @param {boolean} push
   * @param {boolean} focus
   */
  async #visitMessage(to, steps, push, focus) {
    const { app } = this;
    const step = decodeURIComponent(steps[0]);
    const ref = `${step}/${steps[1]}/${steps[2]}`;
    const isOfList = app.list.row(ref) || app.list.searched || step === app.section.dataset.step;
    if (!isOfList && !push) return this.#replacePage(to, push);
    this.awaitedRef = ref;
    this.#showBusy();
    const turn = (this.turn += 1);
    const isMeant = () => turn === this.turn; // unless another message was asked for meanwhile
    if (!(await this.#showMessage(to, push, isMeant))) return undefined;
    const message = app.openMessage;
    if (message && boxOf(ref)) Object.assign(message.dataset, { ref, ofBox: boxOf(ref) });
    this.#endBusy();
    if (push) this.#push(to.href, "reading");
    app.showPane("reading");
    app.setUpMessage();
    if (focus || !isBeside(app)) app.reader.querySelector("#message-subject")?.focus({ preventScroll: true });
    return undefined;
  }

  /**
   * Says whether the message is there, and still meant.
   * @param {URL} to
   * @param {boolean} push
   * @param {() => boolean} isMeant
   */
  async #showMessage(to, push, isMeant) {
    const { bodyFrame, prefetch } = this.app;
    const address = this.addressWithWords(to);
    const html = prefetch.take(address); // first: what it reads serves the text too
    if (push && address === to.origin + to.pathname) bodyFrame.ask(`${to.pathname}corps/`);
    try {
      return await bodyFrame.show(await html, isMeant);
    } catch (error) {
      if (isMeant()) this.#takeBack();
      throw error;
    }
  }

  #takeBack() {
    this.#endBusy();
    this.app.list.markOpen(this.app.shownRef);
    this.app.bodyFrame.takeBack();
  }

  // Said in the list and of the reading pane once somebody could wonder: at once, it would delay what is about to come.
  #showBusy() {
    clearTimeout(this.busyTimer);
    this.busyTimer = setTimeout(() => {
      this.app.list.markOpen(this.awaitedRef, this.app.conversation.known);
      this.app.reader.setAttribute("aria-busy", "true");
    }, BUSY_AFTER);
  }

  // What was asked for before is not meant any more.
  #nextTurn() {
    this.#endBusy();
    return (this.turn += 1);
  }

  #endBusy() {
    clearTimeout(this.busyTimer);
    this.awaitedRef = "";
    this.app.reader.removeAttribute("aria-busy");
  }

  /**
   * @param {URL} to
   * @param {string[]} steps
   * @param {boolean} push
   */
  async #visitFolder(to, steps, push) {
    const { list, section } = this.app;
    const step = steps.length ? decodeURIComponent(steps[0]) : "INBOX";
    const isPlain = !to.search && !list.query;
    const isHere = isPlain ? step === section.dataset.step : to.href === this.listAddress;
    if (isHere && !push) this.#showList();
    else await this.#replacePage(to, push);
  }

  /**
   * @param {URL} to
   * @param {boolean} push
   */
  async #replacePage(to, push) {
    const { app } = this;
    if (!to.pathname.startsWith(app.dataset.home)) return location.assign(to.href); // another mailbox
    app.section.setAttribute("aria-busy", "true");
    const turn = this.#nextTurn();
    const results = await firstResultsOf(to).finally(() => app.section.removeAttribute("aria-busy"));
    return turn === this.turn ? this.showResults(to, results, push) : undefined; // else elsewhere meanwhile
  }

  /**
   * Put a page in place, then the rest of its results.
   * @param {URL} to
   * @param {{first: Document, rest?: Promise<Document>}} found
   * @param {boolean} push
   */
  async showResults(to, { first, rest }, push) {
    const { app } = this;
    if (!first.querySelector("mail-app")) {
      location.assign(to.href);
      return;
    }
    this.#nextTurn();
    app.bodyFrame.drop();
    const pane = app.adoptPage(first);
    if (push) this.#push(to.href, pane);
    app.takeList();
    app.showPane(pane);
    const box = find("#search");
    if (box && box !== document.activeElement) box.value = app.list.searched;
    if (app.openMessage) app.setUpMessage();
    else if (document.activeElement === document.body) {
      app.section.querySelector("h2").focus({ preventScroll: true });
    }
    updateTitle(app);
    if (rest) await this.#addRest(rest);
  }

  /**
   * All results of a slow search, once the latest of them have been shown.
   * @param {Promise<Document>} rest
   */
  async #addRest(rest) {
    const { list, section } = this.app;
    section.setAttribute("aria-busy", "true");
    try {
      const whole = (await rest).querySelector("#messages");
      if (whole && list === this.app.list) {
        list.adopt(whole);
        section.querySelector(".told").textContent = whole.querySelector(".told").textContent;
      }
    } finally {
      section.removeAttribute("aria-busy");
    }
  }

  #showList() {
    const { app } = this;
    this.#nextTurn();
    app.list.markOpen("");
    app.showPane("list");
    if (app.shownRef) {
      const template = find("template#nothing");
      paneChanges();
      app.reader.replaceChildren(template.content.cloneNode(true));
    }
    updateTitle(app);
  }

  /**
   * @param {string} address
   * @param {string} pane
   */
  #push(address, pane) {
    history.pushState({ pane }, "", address);
  }
}
