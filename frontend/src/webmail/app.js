// @ts-nocheck -- its parts are made once the element is in the page
// The three panes: which folder, which message, what is done to them.
import { find, findAll } from "../ui/dom.js";
import { IN_BACKGROUND, fetchFragment, tellRefusal } from "../ui/http.js";
import { agree } from "../ui/french.js";
import { BodyFrame } from "./body_frame.js";
import { runCommand } from "./commands.js";
import { ContextMenu, onContextMenu } from "./context_menu.js";
import { Conversation } from "./conversation.js";
import { listenToDisplayOptions } from "./display_options.js";
import { listenToDrags, pointerReleased } from "./drag_and_drop.js";
import { listenToFolderPicker, openFolderPicker } from "./folder_picker.js";
import { Folders } from "./folders.js";
import { Labels } from "./labels.js";
import { ListView } from "./list_view.js";
import { Live } from "./live.js";
import { MessageActions } from "./message_actions.js";
import { MessageList } from "./message_list.js";
import { Navigation } from "./navigation.js";
import { Notifications } from "./notifications.js";
import { showActOnOpenMessage } from "./open_message.js";
import { Prefetch } from "./prefetch.js";
import { Reminders } from "./reminders.js";
import { openRowMenu } from "./row_menu.js";
import { Search } from "./search.js";
import { SelectionBar } from "./selection_bar.js";
import { SharedUnread } from "./shared_unread.js";
import { listenToSplitters } from "./splitters.js";

const NEWS_DELAY = 60; // milliseconds during which changes are gathered
const COUNTS_DELAY = 30; // milliseconds
// What a link or a button of the folders is known by, drawn anew.
const SAME = [
  "href",
  "data-step",
  "data-folder-menu",
  "data-folder-do",
  "data-search-drop",
  "data-label-manage",
];

export class MailApp extends HTMLElement {
  connectedCallback() {
    /** @type {any} */
    this.folders = this.querySelector("#folders");
    /** @type {any} */
    this.reader = this.querySelector("#reader");
    this.readTitle = this.dataset.title ?? "";
    /** @type {string[] | "whole"} what the dialog of folders will move */
    this.toMove = [];
    this.#plugParts();
    const message = this.openMessage;
    if (message) this.messageShown();
    history.replaceState({ pane: this.dataset.pane }, "");
    this.live = new Live(this, (/** @type {string} */ folder, /** @type {string} */ kind) =>
      this.#changed(folder, kind),
    );
    document.addEventListener("click", (event) => this.#clicked(event));
    this.addEventListener("pointerdown", (event) => this.#pressed(event));
    window.addEventListener("vm:mail-changed", () => this.refresh());
    this.updateTitle();
  }

  #plugParts() {
    this.menu = new ContextMenu();
    this.prefetch = new Prefetch(this);
    this.bodyFrame = new BodyFrame(this.reader);
    this.notifications = new Notifications(this);
    this.conversation = new Conversation(this);
    listenToSplitters(this);
    this.search = new Search(this);
    this.navigation = new Navigation(this);
    this.takeList();
    this.selection = new SelectionBar(this);
    this.listView = new ListView(this);
    this.actions = new MessageActions(this);
    this.folderActions = new Folders(this, this.menu);
    this.sharedUnread = new SharedUnread(this);
    this.labels = new Labels(this);
    this.reminders = new Reminders(this);
    listenToDrags(this, this.folderActions);
    for (const dialog of findAll("#move-dialog, #file-dialog")) listenToFolderPicker(dialog);
    listenToDisplayOptions(this);
    onContextMenu(this, "li.row", (/** @type {any} */ row, /** @type {any} */ at) =>
      openRowMenu(this, row, at),
    );
  }

  // What is open and what is meant.

  get openMessage() {
    return this.reader.querySelector(".message");
  }

  /** @returns {string} */
  get shownRef() {
    return this.openMessage?.dataset.ref ?? "";
  }

  // What was opened last, though it may not be there yet.
  get openRef() {
    return this.navigation?.awaitedRef || this.shownRef;
  }

  /** @returns {string[]} */
  get meant() {
    if (this.list.selected.size) return [...this.list.selected];
    return this.openRef ? [this.openRef] : [];
  }

  /**
   * @param {string} url
   * @param {{push?: boolean, focus?: boolean}} [options]
   */
  visit(url, options) {
    return this.navigation.visit(url, options);
  }

  close() {
    this.navigation.close();
  }

  reload() {
    return this.navigation.reload();
  }

  // The list and what stands around it.

  /**
   * Put in place what another page of the reader shows; returns the name of its pane.
   * @param {any} page
   */
  adoptPage(page) {
    const other = page.querySelector("mail-app");
    this.list.close();
    this.section.replaceWith(document.adoptNode(other.querySelector("#messages")));
    this.#putFolders(other.querySelector(".folder-lists").innerHTML);
    this.reader.innerHTML = other.querySelector("#reader").innerHTML;
    for (const place of ["#move-dialog .targets", "#label-dialog .marks"]) {
      find(place).innerHTML = page.querySelector(place).innerHTML;
    }
    this.readTitle = other.dataset.title;
    return other.dataset.pane;
  }

  takeList() {
    /** @type {any} */
    this.section = this.querySelector("#messages");
    this.list = new MessageList(this.section);
    this.navigation.listTaken();
    this.section.addEventListener("mail:listed", () => this.#listed());
    this.#markHere();
    this.#listed();
    this.conversation.forget();
  }

  #listed() {
    if (this.section.dataset.use === "inbox" && !this.list.query) {
      this.notifications.arrived(this.list.rows.slice(0, 50));
    }
    this.search.mark();
    this.updateTitle();
  }

  /** @param {string} name */
  showPane(name) {
    this.dataset.pane = name;
    this.toggleDrawer(false);
  }

  /** The folders, over the page on a narrow screen. */
  toggleDrawer(open = !this.hasAttribute("data-drawer")) {
    this.toggleAttribute("data-drawer", open);
    for (const button of findAll('[data-do="folders"]')) {
      button.setAttribute("aria-expanded", String(open));
    }
    if (open) this.folders.querySelector('[aria-current="page"], a')?.focus();
  }

  // From behind the text: the row it belongs to; where the list is not beside it, back to the list.
  goToList() {
    if (this.section.offsetParent === null || !this.list.current) this.close();
    else this.list.focus(this.list.current);
  }

  // Where one goes on once what had the focus is gone.
  restoreFocus() {
    if (document.activeElement !== document.body) return;
    const row = this.list.current;
    if (row) this.list.focus(row);
    else this.section.querySelector("h2").focus();
  }

  messageShown() {
    const message = this.openMessage;
    this.list.markOpen(message.dataset.ref, this.conversation.known);
    if (message.hasAttribute("data-unread") && this.dataset.marksRead !== "non") {
      this.act("read", [message.dataset.ref], { quiet: true });
    }
    this.conversation.show(message);
    this.search.mark();
    this.updateTitle();
  }

  updateTitle() {
    this.#tellCount();
    const inbox = this.folders.querySelector('[data-use="inbox"] .count');
    const count = inbox ? inbox.firstChild.textContent.trim() : "";
    const subject = this.reader.querySelector("#message-subject")?.textContent;
    this.notifications.count(inbox ? Number(count.replace(/\D/gu, "")) : 0);
    const name = subject ? `${subject} – Vaguemestre` : this.readTitle;
    document.title = count ? `(${count}) ${name}` : name;
  }

  #tellCount() {
    const { unread, total, searched } = this.list;
    if (!Number.isFinite(unread) || this.section.hasAttribute("aria-busy")) return;
    const place = this.section.querySelector(".told");
    const [count, word] = searched ? [total, "trouvé"] : [unread, "non lu"];
    const sentence = count || searched ? `${count} ${agree(count, word)}` : "";
    if (place.textContent.trim() !== sentence) place.textContent = sentence;
  }

  // Acts.

  /**
   * @param {string} act
   * @param {string[]} refs
   * @param {{to?: string, mark?: string, quiet?: boolean}} [options]
   */
  act(act, refs, options) {
    return this.actions.do(act, refs, options);
  }

  /**
   * @param {string} name
   * @param {string[]} refs
   */
  do(name, refs) {
    return runCommand(this, name, refs);
  }

  /**
   * @param {string} act
   * @param {string[]} refs
   */
  dressOpen(act, refs) {
    const message = this.openMessage;
    if (message && refs.includes(message.dataset.ref)) showActOnOpenMessage(message, act);
  }

  /**
   * @param {string[]} refs
   * @param {any} next
   */
  follow(refs, next) {
    this.navigation.follow(refs, next);
  }

  /** @param {string[]} refs */
  askMove(refs) {
    if (this.list.whole) {
      this.onWhole("ask-move");
      return;
    }
    if (!refs.length) return;
    this.toMove = refs;
    openFolderPicker(find("#move-dialog"));
  }

  /**
   * On everything the list shows, beyond what is loaded.
   * @param {string} act
   * @param {string} [to] folder
   */
  onWhole(act, to = "") {
    if (act === "ask-move") {
      this.toMove = "whole";
      openFolderPicker(find("#move-dialog"));
    } else if (act === "ask-labels") this.labels.openForWhole();
    else if (act === "ask-remind") this.reminders.openForWhole();
    else {
      this.selection.clear();
      this.actions.whole(act, { to });
    }
  }

  /**
   * @param {string} mode
   * @param {any} [element] whose data say which message
   */
  compose(mode, element) {
    const { folder, uidValidity, uid } = element?.dataset ?? {};
    const ref = folder ? { folder, uidValidity: Number(uidValidity), uid: Number(uid) } : undefined;
    window.dispatchEvent(new CustomEvent("vm:compose", { detail: { mode, ref } }));
  }

  /**
   * The whole conversation, wherever its messages lie.
   * @param {string} ref
   * @param {boolean} [isMuted]
   */
  async mute(ref, isMuted = this.list.row(ref)?.classList.contains("muted")) {
    const refs = await this.conversation.refs(ref).catch(() => [ref]);
    await this.act(isMuted ? "unmute" : "mute", [...new Set([ref, ...refs])]);
  }

  // News.

  /**
   * @param {string} folder
   * @param {string} kind
   */
  #changed(folder, kind) {
    const isHere =
      kind === "woken" || folder === this.section.dataset.folder || this.section.dataset.use === "all";
    this.isStale ||= isHere;
    clearTimeout(this.newsTimer);
    this.newsTimer = setTimeout(() => {
      if (this.isStale) this.refresh(true);
      else this.counts().catch(tellRefusal);
    }, NEWS_DELAY);
  }

  /** @param {boolean} [byItself] nobody asked: the page learnt that something changed */
  async refresh(byItself = false) {
    this.isStale = false;
    await Promise.all([this.list.refresh(byItself), this.counts()]);
    this.updateTitle();
  }

  async counts() {
    clearTimeout(this.countsTimer);
    await new Promise((resolve) => {
      this.countsTimer = setTimeout(resolve, COUNTS_DELAY);
    });
    try {
      const query = new URLSearchParams({ actif: this.section.dataset.folder });
      const html = await (await fetchFragment(`${this.dataset.folders}?${query}`, IN_BACKGROUND)).text();
      await pointerReleased();
      this.#putFolders(html);
    } catch (error) {
      tellRefusal(error);
    }
  }

  /** @param {string} html */
  #putFolders(html) {
    const place = this.folders.querySelector(".folder-lists");
    /** @type {any} */
    const held = place.contains(document.activeElement) ? document.activeElement : null;
    place.innerHTML = html;
    this.sharedUnread?.show();
    this.#markHere();
    if (!held) return;
    const isSame = (/** @type {any} */ control) =>
      SAME.every((name) => control.getAttribute(name) === held.getAttribute(name));
    [...place.querySelectorAll("a, button")].find(isSame)?.focus();
  }

  // The folder, the label or the saved search the list shows: what was drawn may have been asked for from elsewhere.
  #markHere() {
    const { asked, step } = this.section.dataset;
    /** @type {any[]} */
    const links = [...this.folders.querySelectorAll(".folder-lists a.folder-link")];
    const savedSearch = asked && links.find((link) => new URL(link.href).searchParams.get("q") === asked);
    const here = savedSearch || links.find((link) => link.dataset.step === step);
    for (const link of links) {
      if (link === here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  // Hands.

  /**
   * A message is asked for as soon as the mouse presses on its row; a finger may only be scrolling.
   * @param {any} event
   */
  #pressed(event) {
    const link = event.pointerType === "mouse" && event.target.closest("li.row:not([data-draft]) a.open");
    if (link && isPlainClick(event) && !link.hasAttribute("aria-current")) {
      this.prefetch.ask(this.navigation.addressWithWords(new URL(link.href)));
    }
  }

  /** @param {any} event */
  #clicked(event) {
    const row = event.target.closest("li.row");
    if (row && event.target.closest("a.open") && this.selection.takesClick(event, row)) {
      event.preventDefault();
      return;
    }
    const link = event.target.closest("a");
    if (link && isPlainClick(event) && this.#followsLink(link)) {
      event.preventDefault();
      return;
    }
    const bulk = event.target.closest("[data-bulk]")?.dataset.bulk;
    const target = event.target.closest("#move-dialog [data-to]");
    const command = event.target.closest("[data-do]")?.dataset.do;
    if (bulk) this.#actOnSelection(bulk);
    else if (target) this.#moveTo(target.dataset.to);
    else if (command) this.do(command, this.shownRef ? [this.shownRef] : []);
    else if (this.hasAttribute("data-drawer") && !this.folders.contains(event.target)) {
      this.toggleDrawer(false);
    }
  }

  /** @param {string} act */
  #actOnSelection(act) {
    if (this.list.whole) this.onWhole(act);
    else this.do(act, [...this.list.selected]);
  }

  /** @param {string} folder */
  #moveTo(folder) {
    find("#move-dialog").close();
    if (this.toMove === "whole") this.onWhole("move", folder);
    else this.act("move", this.toMove, { to: folder });
  }

  /**
   * Says whether the link leads somewhere within this page.
   * @param {any} link
   */
  #followsLink(link) {
    const isWithin = link.href.startsWith(location.origin + this.dataset.home);
    if (!isWithin || link.target || link.hasAttribute("download")) return false;
    const row = link.closest("li.row");
    if (row?.hasAttribute("data-draft")) {
      this.compose("draft", row);
      return true;
    }
    this.visit(link.href); // first: what it asks for is on its way meanwhile
    if (row) this.list.focus(row, { scroll: false });
    if (link.closest(".tabs-bottom") || link.closest("#folders")) this.toggleDrawer(false);
    return true;
  }
}

/** @param {MouseEvent} event */
function isPlainClick(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}
