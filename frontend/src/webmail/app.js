// The three panes: which folder, which message, what is done to them.
import { Acts } from "./message_actions.js";
import { Ahead } from "./prefetch.js";
import { Outside, listenToChoices } from "./display_options.js";
import { Conversation } from "./conversation.js";
import { listenToDrags, nothingHeld } from "./drag_and_drop.js";
import { Elsewhere } from "./shared_unread.js";
import { Folders } from "./folders.js";
import { RowList } from "./message_list.js";
import { Labels } from "./labels.js";
import { Live } from "./live.js";
import { Menu, whenAsked } from "./context_menu.js";
import { BY_ITSELF, Refused, piece, tell, tellRefusal } from "../ui/http.js";
import { listenToPanes } from "./splitters.js";
import { Reminders } from "./reminders.js";
import { Searching, firstOf } from "./search.js";
import { listenToTargets, openTargets } from "./folder_picker.js";
import { Turning } from "./body_frame.js";

const LONG = 100; // milliseconds
const SAME = [
  "href",
  "data-step",
  "data-folder-menu",
  "data-folder-do",
  "data-search-drop",
  "data-label-manage",
]; // what a link or button of the folders is known by
const WIDE = matchMedia("(min-width: 701px)");

export class MailApp extends HTMLElement {
  connectedCallback() {
    this.folders = this.querySelector("#dossiers");
    this.lecture = this.querySelector("#lecture");
    this.readTitle = this.dataset.title;
    this.menu = new Menu();
    this.ahead = new Ahead(this);
    this.turning = new Turning(this.lecture);
    this.outside = new Outside(this);
    this.conversation = new Conversation(this);
    listenToPanes(this);
    this.searching = new Searching(this);
    this.#takeList();
    this.acts = new Acts(this);
    this.shelves = new Folders(this, this.menu);
    this.elsewhere = new Elsewhere(this);
    this.labels = new Labels(this);
    this.reminders = new Reminders(this);
    listenToDrags(this, this.shelves);
    for (const dialog of document.querySelectorAll("#deplacer, #ranger")) listenToTargets(dialog);
    listenToChoices(this);
    whenAsked(this, "li.row", (row, at) => this.rowMenu(row, at));
    const open = this.lecture.querySelector(".message");
    if (open) this.#shown(open);
    history.replaceState({ pane: this.dataset.pane }, "");
    this.live = new Live(this, (folder, kind) => this.#changed(folder, kind));
    document.addEventListener("click", (event) => this.#clicked(event));
    this.addEventListener("pointerdown", (event) => this.#pressed(event));
    this.addEventListener("change", (event) => this.#picked(event));
    window.addEventListener("popstate", () => {
      this.turning.leave();
      this.visit(location.href, { push: false });
    });
    window.addEventListener("vm:mail-changed", () => this.refresh());
    this.#shiftBox();
    this.addEventListener("submit", (event) => this.#looks(event));
    document.querySelector("#aller form")?.addEventListener("submit", (event) => this.#goToDay(event));
    this.#title();
  }

  // What is open and what is meant.

  get openMessage() {
    return this.lecture.querySelector(".message");
  }

  get shownRef() {
    return this.openMessage?.dataset.ref ?? "";
  }

  // What was opened last, though it may not be there yet.
  get openRef() {
    return this.awaited || this.shownRef;
  }

  get meant() {
    if (this.list.selected.size) return [...this.list.selected];
    return this.openRef ? [this.openRef] : [];
  }

  // Going somewhere: a message of the list at hand, or another list.

  async visit(url, { push = true, focus = false } = {}) {
    const to = new URL(url, location.href);
    const steps = to.pathname.slice(this.dataset.home.length).split("/").filter(Boolean);
    try {
      if (steps.length >= 3) await this.#visitMessage(to, steps, push, focus);
      else await this.#visitFolder(to, steps, push);
    } catch (error) {
      tellRefusal(error);
      if (!push) return;
      if (steps.length >= 3) this.refresh();
    }
  }

  async #visitMessage(to, steps, push, focus) {
    const step = decodeURIComponent(steps[0]);
    const ref = `${step}/${steps[1]}/${steps[2]}`;
    const known = this.list.row(ref) || this.list.asked || step === this.section.dataset.step;
    if (!known && !push) return this.#whole(to, push);
    this.awaited = ref;
    this.#busy();
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const isMeant = () => turn === this.turn; // unless another message was asked for meanwhile
    const address = this.#withWords(to);
    const asked = this.ahead.of(address); // first: what it reads serves the text too
    if (push && address === to.origin + to.pathname) this.turning.ask(`${to.pathname}corps/`);
    try {
      if (!(await this.turning.show(await asked, isMeant))) return undefined;
    } catch (error) {
      if (isMeant()) this.#takenBack();
      throw error;
    }
    this.#ready();
    if (push) this.#pushed(to.href, "reading");
    this.#pane("reading");
    this.#shown(this.openMessage);
    this.#title();
    if (focus || !WIDE.matches) this.lecture.querySelector("#sujet")?.focus({ preventScroll: true });
    return undefined;
  }

  #takenBack() {
    this.#ready();
    this.list.markOpen(this.shownRef);
    this.turning.takeBack();
  }

  // Said in the list and of the reading pane once somebody could wonder: at once, it would delay what is about to come.
  #busy() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.list.markOpen(this.awaited);
      this.lecture.setAttribute("aria-busy", "true");
    }, LONG);
  }

  #ready() {
    clearTimeout(this.waiting);
    this.awaited = "";
    this.lecture.removeAttribute("aria-busy");
  }

  // Opened from a search, the text has the words marked; its address stays what it is.
  #withWords(to) {
    if (!this.list.asked || to.search) return to.href;
    return `${to.href}?${new URLSearchParams({ q: this.list.asked })}`;
  }

  async #visitFolder(to, steps, push) {
    const step = steps.length ? decodeURIComponent(steps[0]) : "INBOX";
    const isPlain = !to.search && !this.list.query;
    const isHere = isPlain ? step === this.section.dataset.step : to.href === this.listAddress;
    if (isHere && !push) {
      this.#closed();
      return;
    }
    await this.#whole(to, push);
  }

  async #whole(to, push) {
    this.section.setAttribute("aria-busy", "true");
    const { first, rest } = await firstOf(to).finally(() => this.section.removeAttribute("aria-busy"));
    const next = first;
    const app = next.querySelector("mail-app");
    if (!app) {
      location.assign(to.href);
      return;
    }
    this.list.close();
    this.section.replaceWith(document.adoptNode(app.querySelector("#messages")));
    this.#putFolders(app.querySelector(".folder-lists").innerHTML);
    this.lecture.innerHTML = app.querySelector("#lecture").innerHTML;
    for (const place of ["#deplacer .targets", "#etiqueter .marks"]) {
      document.querySelector(place).innerHTML = next.querySelector(place).innerHTML;
    }
    this.readTitle = app.dataset.title;
    if (push) this.#pushed(to.href, app.dataset.pane);
    this.#takeList();
    this.#pane(app.dataset.pane);
    const search = document.querySelector("#recherche");
    if (search) search.value = this.list.asked;
    if (this.openMessage) this.#shown(this.openMessage);
    else if (document.activeElement === document.body)
      this.section.querySelector("h2").focus({ preventScroll: true });
    this.#title();
    if (rest) await this.#addRest(rest);
  }

  // All that a slow search found, once the latest of it has been shown.
  async #addRest(rest) {
    const { list, section } = this;
    section.setAttribute("aria-busy", "true");
    try {
      const found = (await rest).querySelector("#messages");
      if (found && list === this.list) {
        list.adopt(found);
        section.querySelector(".told").textContent = found.querySelector(".told").textContent;
      }
    } finally {
      section.removeAttribute("aria-busy");
    }
  }

  #takeList() {
    this.section = this.querySelector("#messages");
    this.list = new RowList(this.section);
    this.listAddress = this.shownRef
      ? `${this.dataset.home + encodeURIComponent(this.section.dataset.step)}/`
      : location.href;
    this.section.addEventListener("mail:listed", () => this.#listed());
    this.#markHere();
    this.#listed();
    this.conversation?.forget();
  }

  // The same list asked for anew, whole: how it is grouped changed.
  async reload() {
    try {
      await this.#whole(new URL(this.listAddress), false);
    } catch (error) {
      tellRefusal(error);
    }
  }

  #listed() {
    if (this.section.dataset.use === "inbox" && !this.list.query)
      this.outside.arrived(this.list.rows.slice(0, 50));
    this.searching.mark();
    this.#title();
  }

  #pushed(address, pane) {
    history.pushState({ pane }, "", address);
  }

  #pane(name) {
    this.dataset.pane = name;
    this.#drawer(false);
  }

  #drawer(open) {
    this.toggleAttribute("data-drawer", open);
    for (const button of document.querySelectorAll('[data-do="folders"]'))
      button.setAttribute("aria-expanded", String(open));
    if (open) this.folders.querySelector('[aria-current="page"], a')?.focus();
  }

  // From behind the text: the row it belongs to; where the list is not beside it, back to the list.
  #toList() {
    if (this.section.offsetParent === null || !this.list.current) this.close();
    else this.list.focus(this.list.current);
  }

  // Back to the list, nothing open.
  close() {
    if (!this.openRef) return;
    const row = this.list.row(this.openRef) ?? this.list.openRow;
    this.#pushed(this.listAddress, "list");
    this.#closed();
    if (row) this.list.focus(row);
  }

  #closed() {
    this.turn = (this.turn ?? 0) + 1;
    this.#ready();
    this.list.markOpen("");
    this.#pane("list");
    if (this.shownRef) this.#nothing();
    this.#title();
  }

  #nothing() {
    const template = document.querySelector("template#nothing");
    this.lecture.replaceChildren(template.content.cloneNode(true));
  }

  #shown(message) {
    this.list.markOpen(message.dataset.ref, this.conversation.known);
    if (message.hasAttribute("data-unread") && this.dataset.marksRead !== "non") {
      this.act("read", [message.dataset.ref], { quiet: true, alone: true });
    }
    this.conversation.show(message);
    this.searching.mark();
  }

  // Acts.

  act(act, refs, options) {
    return this.acts.do(act, refs, options);
  }

  // The open message left: the next one takes its place on a desk, else the list.
  follow(refs, next) {
    if (!refs.includes(this.openRef)) {
      this.list.focus(next);
      return;
    }
    if (next && WIDE.matches && !next.hasAttribute("data-draft")) {
      history.replaceState({ pane: "reading" }, "", next.querySelector("a.open").href);
      this.visit(next.querySelector("a.open").href, { push: false });
      this.list.focus(next);
      return;
    }
    history.replaceState({ pane: "list" }, "", this.listAddress);
    this.#closed();
    if (next) this.list.focus(next);
  }

  dressOpen(act, refs) {
    const message = this.openMessage;
    if (!message || !refs.includes(message.dataset.ref)) return;
    const isRead = act === "read" || act === "mute" ? true : act === "unread" ? false : null;
    if (isRead !== null) {
      message.toggleAttribute("data-unread", !isRead);
      const button = message.querySelector('[data-toggles="read"]');
      if (button) {
        button.dataset.do = isRead ? "unread" : "read";
        button.querySelector("span").textContent = isRead ? "Marquer comme non lu" : "Marquer comme lu";
      }
    }
    if (act === "flag" || act === "unflag") {
      const button = message.querySelector('[data-toggles="flag"]');
      message.toggleAttribute("data-flagged", act === "flag");
      if (button) {
        button.dataset.do = act === "flag" ? "unflag" : "flag";
        button.querySelector("span").textContent = act === "flag" ? "Ne plus suivre" : "Suivre";
      }
    }
  }

  askMove(refs) {
    if (this.list.whole) {
      this.onWhole("ask-move");
      return;
    }
    if (!refs.length) return;
    this.moving = refs;
    openTargets(document.querySelector("#deplacer"));
  }

  // News.

  #changed(folder, kind) {
    const isHere =
      kind === "woken" || folder === this.section.dataset.folder || this.section.dataset.use === "all";
    this.stale ||= isHere;
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      if (this.stale) this.refresh(true);
      else this.counts().catch(tellRefusal);
    }, 60);
  }

  async refresh(byItself = false) {
    this.stale = false;
    await Promise.all([this.list.refresh(byItself), this.counts()]);
    this.#title();
  }

  async counts() {
    clearTimeout(this.counting);
    await new Promise((go) => {
      this.counting = setTimeout(go, 30);
    });
    try {
      const query = new URLSearchParams({ actif: this.section.dataset.folder });
      const html = await (await piece(`${this.dataset.folders}?${query}`, BY_ITSELF)).text();
      await nothingHeld();
      this.#putFolders(html);
    } catch (error) {
      tellRefusal(error);
    }
  }

  #putFolders(html) {
    const place = this.folders.querySelector(".folder-lists");
    const held = place.contains(document.activeElement) ? document.activeElement : null;
    place.innerHTML = html;
    this.elsewhere.show();
    this.#markHere();
    if (held)
      [...place.querySelectorAll("a, button")]
        .find((one) => SAME.every((name) => one.getAttribute(name) === held.getAttribute(name)))
        ?.focus();
  }

  // The folder, the label or the kept search the list shows: what was drawn may have been asked for from elsewhere.
  #markHere() {
    const { asked, step } = this.section.dataset;
    const links = [...this.folders.querySelectorAll(".folder-lists a.f")];
    const kept = asked && links.find((link) => new URL(link.href).searchParams.get("q") === asked);
    const here = kept || links.find((link) => link.dataset.step === step);
    for (const link of links) {
      if (link === here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  #title() {
    const unread = this.list.unread;
    if (Number.isFinite(unread) && !this.section.hasAttribute("aria-busy")) {
      const told = this.section.querySelector(".told");
      const [many, one] = this.list.asked ? [this.list.total, "trouvé"] : [unread, "non lu"];
      const words = many || this.list.asked ? `${many} ${one}${many > 1 ? "s" : ""}` : "";
      if (told.textContent.trim() !== words) told.textContent = words;
    }
    const inbox = this.folders.querySelector('[data-use="inbox"] .count');
    const count = inbox ? inbox.firstChild.textContent.trim() : "";
    const subject = this.lecture.querySelector("#sujet")?.textContent;
    this.outside.count(inbox ? Number(count.replace(/\D/gu, "")) : 0);
    document.title = (count ? `(${count}) ` : "") + (subject ? `${subject} – Vaguemestre` : this.readTitle);
  }

  // Hands.

  // A message is asked for as soon as the mouse presses on its row; a finger may only be scrolling.
  #pressed(event) {
    const link = event.pointerType === "mouse" && event.target.closest("li.row:not([data-draft]) a.open");
    if (link && this.#isPlain(event) && !link.hasAttribute("aria-current"))
      this.ahead.ask(this.#withWords(new URL(link.href)));
  }

  #clicked(event) {
    const row = event.target.closest("li.row");
    if (row && event.target.closest("a.open") && this.#chosen(event, row)) {
      event.preventDefault();
      return;
    }
    const link = event.target.closest("a");
    if (link && this.#isPlain(event) && this.#follows(link)) {
      event.preventDefault();
      return;
    }
    const bulk = event.target.closest("[data-bulk]")?.dataset.bulk;
    if (bulk) {
      if (this.list.whole) this.onWhole(bulk);
      else this.do(bulk, [...this.list.selected]);
      return;
    }
    const target = event.target.closest("#deplacer [data-to]");
    if (target) {
      document.querySelector("#deplacer").close();
      if (this.moving === "whole") this.onWhole("move", target.dataset.to);
      else this.act("move", this.moving, { to: target.dataset.to });
      return;
    }
    const what = event.target.closest("[data-do]")?.dataset.do;
    if (what) this.do(what, this.shownRef ? [this.shownRef] : []);
    else if (this.hasAttribute("data-drawer") && !this.folders.contains(event.target)) this.#drawer(false);
  }

  #isPlain(event) {
    return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  }

  #follows(link) {
    if (
      !link.href.startsWith(location.origin + this.dataset.home) ||
      link.target ||
      link.hasAttribute("download")
    )
      return false;
    const row = link.closest("li.row");
    if (row?.hasAttribute("data-draft")) {
      this.compose("draft", row);
      return true;
    }
    this.visit(link.href); // first: what it asks for is on its way meanwhile
    if (row) this.list.focus(row, { scroll: false });
    if (link.closest(".tabs-bottom") || link.closest("#dossiers")) this.#drawer(false);
    return true;
  }

  do(what, refs) {
    switch (what) {
      case "close":
        return this.close();
      case "folders":
        return this.#drawer(!this.hasAttribute("data-drawer"));
      case "search":
        return document.querySelector("#recherche")?.focus();
      case "refresh":
        return this.refresh();
      case "skip-text":
        return this.lecture.querySelector('[data-do="to-list"]').focus();
      case "to-list":
        return this.#toList();
      case "select":
        return this.#selecting();
      case "unselect":
        return this.unselect();
      case "select-whole":
        return this.selectWhole();
      case "go-to-day":
        return this.#askDay();
      case "show-images":
        return this.#showImages();
      case "copy-address":
        return navigator.clipboard.writeText(location.href).then(() => tell("Adresse copiée.", "dark", 3));
      case "print":
        return window.print();
      case "ask-move":
        return this.askMove(refs);
      case "ask-labels":
        return this.labels.open(refs);
      case "ask-remind":
        return this.reminders.open(refs);
      case "ask-answer":
        return this.reminders.open(refs.slice(0, 1), true);
      case "search-form":
        return this.searching.openForm();
      case "keep-search":
        return this.searching.openKeep();
      default:
        return this.act(what, refs);
    }
  }

  compose(mode, element) {
    const { folder, uidValidity, uid } = element?.dataset ?? {};
    const ref = folder ? { folder, uidValidity: Number(uidValidity), uid: Number(uid) } : undefined;
    window.dispatchEvent(new CustomEvent("vm:compose", { detail: { mode, ref } }));
  }

  #showImages() {
    this.turning.again({ change: (asked) => asked.set("images", "1") });
    const notice = this.lecture.querySelector("[data-blocked]");
    notice?.remove();
    this.lecture.querySelector("#sujet")?.focus({ preventScroll: true });
  }

  // Choosing several.

  #picked(event) {
    const row = event.target.closest("li.row");
    if (!row || !event.target.matches(".pick input")) return;
    this.pick(row, event.target.checked);
  }

  pick(row, on = !this.list.selected.has(row.dataset.ref)) {
    this.list.select(row, on);
    this.lastPicked = row;
    this.showPicked();
  }

  unselect() {
    this.list.unselect();
    this.section.classList.remove("selecting");
    this.showPicked();
  }

  selectWhole() {
    this.list.selectShown();
    this.list.whole = true;
    this.showPicked();
  }

  // Shift and Ctrl on a row choose it as they do anywhere.
  #chosen(event, row) {
    if (event.shiftKey && !event.ctrlKey && !event.metaKey) {
      const from = this.lastPicked?.isConnected ? this.lastPicked : this.list.current;
      this.list.selectBetween(from ?? row, row);
      this.showPicked();
      return true;
    }
    if ((event.ctrlKey || event.metaKey) && this.list.selected.size) {
      this.pick(row);
      return true;
    }
    return false;
  }

  onWhole(act, to = "") {
    if (act === "ask-move") {
      this.moving = "whole";
      openTargets(document.querySelector("#deplacer"));
      return;
    }
    if (act === "ask-labels") {
      this.labels.openForWhole();
      return;
    }
    if (act === "ask-remind") {
      this.reminders.openForWhole();
      return;
    }
    this.unselect();
    this.acts.whole(act, { to });
  }

  rowMenu(row, at) {
    const ref = row.dataset.ref;
    const refs = this.list.selected.has(ref) ? [...this.list.selected] : [ref];
    const link = row.querySelector("a.open");
    const many = refs.length > 1;
    const isDraft = row.hasAttribute("data-draft");
    const act = (name) => () => this.act(name, refs);
    const items = [];
    if (!many) {
      items.push(["Ouvrir", "mail-opened", () => link.click()]);
      if (!isDraft) {
        items.push([
          "Ouvrir dans un nouvel onglet",
          "external-link",
          () => window.open(link.href, "_blank", "noopener"),
        ]);
        items.push(
          ["Répondre", "arrow-back-up", () => this.compose("reply", row)],
          ["Répondre à tous", "arrow-back-up-double", () => this.compose("reply-all", row)],
          ["Transférer", "arrow-forward-up", () => this.compose("forward", row)],
        );
      }
      items.push(null);
    }
    items.push(
      ["Archiver", "archive", act("archive")],
      ["Déplacer…", "folder-symlink", () => this.askMove(refs)],
      ["Supprimer", "trash", act("delete")],
    );
    if (!isDraft) items.push(["Me le rappeler…", "alarm", () => this.reminders.open(refs)]);
    if (!many && this.section.dataset.use === "sent")
      items.push(["Me prévenir sans réponse…", "clock", () => this.reminders.open(refs, true)]);
    items.push(null);
    const isUnread = row.classList.contains("un");
    items.push([
      isUnread ? "Marquer comme lu" : "Marquer comme non lu",
      "mail",
      act(isUnread ? "read" : "unread"),
    ]);
    const isFlagged = row.classList.contains("fl");
    items.push([isFlagged ? "Ne plus suivre" : "Suivre", "star", act(isFlagged ? "unflag" : "flag")]);
    items.push(["Étiquettes…", "tag", () => this.labels.open(refs)]);
    const isMuted = row.classList.contains("muted");
    if (!isDraft && !many)
      items.push([
        isMuted ? "Sortir de la sourdine" : "Mettre la conversation en sourdine",
        isMuted ? "bell" : "bell-off",
        () => this.mute(ref, isMuted),
      ]);
    const isJunk = this.section.dataset.use === "junk";
    items.push([
      isJunk ? "Ce n’est pas indésirable" : "Signaler comme indésirable",
      isJunk ? "shield-check" : "flag",
      act(isJunk ? "not-junk" : "junk"),
    ]);
    if (!many && !isDraft && this.section.dataset.use !== "sent") {
      items.push(["Toujours ranger les courriels de cet expéditeur…", "filter", () => this.beginFilter(ref)]);
      items.push([
        "Créer un filtre à partir de ce message…",
        "filter",
        () => this.beginFilter(ref, { objet: "1" }),
      ]);
    }
    this.menu.open(many ? `${refs.length} courriels` : link.querySelector(".s > .clip").textContent, items, {
      ...at,
      from: () => this.list.row(ref)?.querySelector("a.open"),
    });
  }

  // A filter begun from this message: the room of filters does the rest.
  beginFilter(ref, more = {}) {
    location.assign(`${this.dataset.filters}?${new URLSearchParams({ message: ref, ...more })}`);
  }

  // The whole conversation, wherever its messages lie.
  async mute(ref, isMuted = this.list.row(ref)?.classList.contains("muted")) {
    const refs = await this.conversation.refs(ref).catch(() => [ref]);
    await this.act(isMuted ? "unmute" : "mute", [...new Set([ref, ...refs])]);
  }

  // Sorting and narrowing are an address like any other.
  #looks(event) {
    const form = event.target.closest(".looks form");
    if (!form) return;
    event.preventDefault();
    form.closest("details").open = false;
    const query = new URLSearchParams(new FormData(form));
    if (query.get("tri") === "date") query.delete("tri");
    if (!query.get("sens")) query.delete("sens");
    this.visit(form.action + (query.size || query.toString() ? `?${query}` : ""));
  }

  #askDay() {
    if (this.section.dataset.order !== "date") {
      tell("On va à une date dans une liste triée par date.", "dark", 5);
      return;
    }
    const dialog = document.querySelector("#aller");
    dialog.querySelector(".error").hidden = true;
    dialog.showModal();
    dialog.querySelector("input").select();
  }

  async #goToDay(event) {
    event.preventDefault();
    const form = event.target;
    const refused = form.querySelector(".error");
    try {
      const query = new URLSearchParams(this.list.query);
      query.set("jour", form.jour.value);
      const { offset } = await (
        await piece(`${this.list.url.replace(/lignes\/$/u, "jour/")}?${query}`)
      ).json();
      form.closest("dialog").close();
      document.querySelector(".looks").open = false;
      await this.list.goTo(offset);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.textContent = error.message;
      refused.hidden = false;
      form.jour.focus();
    }
  }

  #selecting() {
    const on = this.section.classList.toggle("selecting");
    if (!on) this.list.unselect();
    this.showPicked();
  }

  showPicked() {
    const list = this.list;
    const count = list.selected.size;
    const bar = this.section.querySelector(".bulk");
    bar.hidden = !count;
    const total = list.total.toLocaleString("fr-FR");
    bar.querySelector(".picked").textContent = list.whole
      ? `Les ${total} sélectionnés`
      : count > 1
        ? `${count} sélectionnés`
        : `${count} sélectionné`;
    const whole = bar.querySelector(".whole");
    whole.hidden =
      list.whole ||
      count < 2 ||
      count >= list.total ||
      !list.rows.every((row) => list.selected.has(row.dataset.ref));
    whole.textContent = list.asked
      ? `Toute la recherche (${total})`
      : list.query
        ? `Tout ce qui est montré (${total})`
        : `Tout le dossier (${total})`;
    this.section
      .querySelector('[data-do="select"]')
      .setAttribute("aria-pressed", String(this.section.classList.contains("selecting") || count > 0));
    if (!count && bar.contains(document.activeElement)) {
      document.activeElement.blur();
      this.back();
    }
  }

  // Where one goes on once what had the focus is gone.
  back() {
    const row = this.list.current;
    if (document.activeElement !== document.body) return;
    if (row) this.list.focus(row);
    else this.section.querySelector("h2").focus();
  }

  #shiftBox() {
    this.addEventListener("click", (event) => {
      const row = event.target.closest("label.pick")?.closest("li.row");
      const from = this.lastPicked;
      if (!row || !event.shiftKey || !from?.isConnected) return;
      setTimeout(() => {
        this.list.selectBetween(from, row); // once the box itself has been ticked
        this.showPicked();
      });
    });
  }
}
