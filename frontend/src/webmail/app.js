// The three panes: which folder, which message, what is done to them.
import { refIn } from "./boxes.js";
import { find, findAll, load, paneChanges } from "../ui/dom.js";
import { BodyFrame } from "./message/body_frame.js";
import { listenToClicks } from "./page/clicks.js";
import { runCommand, runOnWhole } from "./page/commands.js";
import { loadMenus, onContextMenu } from "./page/context_menu.js";
import { Conversation } from "./message/conversation.js";
import { listenToDisplayOptions } from "./page/display_options.js";
import { listenToDrags } from "./actions/drag_and_drop.js";
import { FolderPane } from "./folders/folder_pane.js";
import { listenToFolderPicker } from "./folders/folder_picker.js";
import { Folders } from "./folders/folders.js";
import { Labels } from "./actions/labels.js";
import { ListView } from "./list/list_view.js";
import { MessageActions } from "./actions/message_actions.js";
import { MessageList } from "./list/message_list.js";
import { News } from "./news.js";
import { Navigation } from "./navigation.js";
import { Notifications } from "./page/notifications.js";
import { showActOnOpenMessage } from "./message/open_message.js";
import { updateTitle } from "./page/page_title.js";
import { Prefetch } from "./message/prefetch.js";
import { Reminders } from "./actions/reminders.js";
import { Search } from "./search/search.js";
import { SelectionBar } from "./list/selection_bar.js";
import { SharedUnread } from "./folders/shared_unread.js";
import { listenToSplitters } from "./page/splitters.js";

export class MailApp extends HTMLElement {
  connectedCallback() {
    /** @type {HTMLElement} */
    this.folders = this.querySelector("#folders");
    /** @type {HTMLElement} */
    this.reader = this.querySelector("#reader");
    /** @type {string} the page's title while nothing is open */
    this.readTitle = this.dataset.title ?? "";
    this.#plugParts();
    requestAnimationFrame(() => setTimeout(() => this.toggleAttribute("data-drawn", true)));
    this.setUpMessage();
    history.replaceState({ pane: this.dataset.pane }, "");
    /** @type {News} */
    this.news = new News(this);
    listenToClicks(this);
    const startActions = () => load("webmail/on_use/row_actions.js").then(({ start }) => start(this));
    if (matchMedia("(hover: none)").matches) startActions();
    else this.addEventListener("pointerover", startActions, { once: true });
    window.addEventListener("vm:answer-placed", async () =>
      (await load("webmail/on_use/unfold.js")).measureOpen(this),
    );
    updateTitle(this);
  }

  #plugParts() {
    /** @type {Prefetch} */
    this.prefetch = new Prefetch(this);
    /** @type {BodyFrame} */
    this.bodyFrame = new BodyFrame(this.reader);
    /** @type {Notifications} */
    this.notifications = new Notifications(this);
    /** @type {Conversation} */
    this.conversation = new Conversation(this);
    listenToSplitters(this);
    /** @type {Search} */
    this.search = new Search(this);
    /** @type {Navigation} */
    this.navigation = new Navigation(this);
    /** @type {FolderPane} */
    this.folderPane = new FolderPane(this);
    this.takeList();
    /** @type {SelectionBar} */
    this.selection = new SelectionBar(this);
    /** @type {ListView} */
    this.listView = new ListView(this);
    /** @type {MessageActions} */
    this.actions = new MessageActions(this);
    const folders = new Folders(this);
    /** @type {SharedUnread} */
    this.sharedUnread = new SharedUnread(this);
    /** @type {Labels} */
    this.labels = new Labels(this);
    /** @type {Reminders} */
    this.reminders = new Reminders(this);
    listenToDrags(this, folders);
    for (const dialog of findAll("#move-dialog, #file-dialog")) listenToFolderPicker(dialog);
    listenToDisplayOptions(this);
    onContextMenu(this, "li.row", (/** @type {MessageRow} */ row, at) =>
      loadMenus().then(({ openRowMenu }) => openRowMenu(this, row, at)),
    );
  }

  // What is open and what is meant.

  /** @returns {MessageElement | null} */
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
   * @param {Document} page
   */
  adoptPage(page) {
    const other = page.querySelector("mail-app");
    this.list.close();
    paneChanges();
    this.section.replaceWith(document.adoptNode(other.querySelector("#messages")));
    this.folderPane.draw(other.querySelector(".folder-lists").innerHTML);
    this.reader.innerHTML = other.querySelector("#reader").innerHTML;
    for (const place of ["#move-dialog .targets", "#label-dialog .marks"]) {
      find(place).innerHTML = page.querySelector(place).innerHTML;
    }
    this.readTitle = other.dataset.title;
    return other.dataset.pane;
  }

  takeList() {
    /** @type {ListSection} */
    this.section = this.querySelector("#messages");
    /** @type {MessageList} */
    this.list = new MessageList(this.section);
    this.navigation.rememberListAddress();
    this.section.addEventListener("mail:listed", () => this.#listed());
    if (this.section.dataset.use === "boxes") {
      load("webmail/on_use/all_boxes.js").then(({ start }) => start(this));
    }
    this.folderPane.markHere();
    this.#listed();
    this.conversation.forget();
  }

  #listed() {
    if (this.shownRef && !this.list.openRow) this.list.markOpen(this.shownRef, this.conversation?.known);
    if (this.section.dataset.use === "inbox" && !this.list.query) {
      this.notifications.notifyArrivals(this.list.rows.slice(0, 50));
    }
    this.search.mark();
    updateTitle(this);
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

  setUpMessage() {
    const message = this.openMessage;
    if (!message) return;
    this.list.markOpen(message.dataset.ref, this.conversation.known);
    if (message.hasAttribute("data-unread") && this.dataset.marksRead !== "non") {
      this.act("read", [message.dataset.ref], { quiet: true });
    }
    this.conversation.show(message);
    this.search.mark();
    updateTitle(this);
  }

  /**
   * @param {string} act
   * @param {string[]} refs
   * @param {ActOptions} [options]
   */
  act(act, refs, options) {
    return this.actions.do(act, refs, options);
  }

  /**
   * A command of the page, else an act on these messages.
   * @param {string} name
   * @param {string[]} refs
   */
  do(name, refs) {
    return runCommand(this, name, refs);
  }

  /**
   * The same, or the act on everything the list shows where all of it is selected.
   * @param {string} name
   * @param {string[]} refs
   */
  doOnSelection(name, refs) {
    if (this.list.whole) this.doOnWhole(name);
    else if (refs.length) this.do(name, refs);
  }

  /**
   * On everything the list shows, beyond what is loaded.
   * @param {string} name
   * @param {string} [to] folder
   */
  doOnWhole(name, to) {
    runOnWhole(this, name, to);
  }

  /**
   * @param {string} act
   * @param {string[]} refs
   * @param {string} [mark] of a label
   * @returns {() => void} takes it back
   */
  showOnOpenMessage(act, refs, mark) {
    const message = this.openMessage;
    if (!message || !refs.includes(message.dataset.ref)) return () => {};
    return mark ? this.labels.showOn(message, act === "label", mark) : showActOnOpenMessage(message, act);
  }

  /**
   * @param {string[]} refs
   * @param {MessageRow | null} next
   */
  follow(refs, next) {
    this.navigation.follow(refs, next);
  }

  /**
   * @param {string} mode
   * @param {HTMLElement} [element] whose data say which message
   */
  compose(mode, element) {
    window.dispatchEvent(new CustomEvent("vm:compose", { detail: { mode, ref: refIn(element?.dataset) } }));
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

  /** @param {boolean} [byItself] nobody asked: the page learnt that something changed */
  refresh(byItself) {
    return this.news.refresh(byItself);
  }

  counts() {
    return this.folderPane.counts();
  }
}
