// The three panes: which folder, which message, what is done to them.
import { RowList } from "./list.js";
import { Live } from "./live.js";
import { BY_ITSELF, Refused, page, piece, send, tell, tellRefusal } from "./net.js";

const LEAVING = new Set(["archive", "delete", "junk", "not-junk", "move"]);
const MARKS = { read: ["un", false], unread: ["un", true], flag: ["fl", true], unflag: ["fl", false] };
const SAID = {
  archive: ["Courriel archivé.", "courriels archivés."],
  delete: ["Courriel mis à la corbeille.", "courriels mis à la corbeille."],
  junk: ["Courriel signalé et rangé dans les indésirables.", "courriels signalés et rangés dans les indésirables."],
  "not-junk": ["Courriel remis dans la boîte de réception.", "courriels remis dans la boîte de réception."],
  move: ["Courriel déplacé.", "courriels déplacés."],
};
const AT_ONCE = 400;
const DWELL = 700; // milliseconds on a message before its conversation is looked for: it costs a search
const WIDE = matchMedia("(min-width: 701px)");

export class MailApp extends HTMLElement {
  connectedCallback() {
    this.folders = this.querySelector("#dossiers");
    this.lecture = this.querySelector("#lecture");
    this.readTitle = this.dataset.title;
    this.#takeList();
    const open = this.lecture.querySelector(".message");
    if (open) this.#shown(open);
    history.replaceState({ pane: this.dataset.pane }, "");
    this.live = new Live(this, (folder, kind) => this.#changed(folder, kind));
    document.addEventListener("click", (event) => this.#clicked(event));
    this.addEventListener("change", (event) => this.#picked(event));
    window.addEventListener("popstate", () => this.visit(location.href, { push: false }));
    window.addEventListener("vm:mail-changed", () => this.refresh());
    document.querySelector("form.search")?.addEventListener("submit", (event) => this.#search(event));
    this.#drags();
    this.#title();
  }

  // What is open and what is meant.

  get openMessage() {
    return this.lecture.querySelector(".message");
  }

  get openRef() {
    return this.openMessage?.dataset.ref ?? "";
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
    this.list.markOpen(ref);
    this.lecture.setAttribute("aria-busy", "true");
    const turn = (this.turn = (this.turn ?? 0) + 1);
    let html;
    try {
      html = await (await piece(to.href)).text();
    } catch (error) {
      this.lecture.removeAttribute("aria-busy");
      if (turn === this.turn) this.list.markOpen(this.openRef);
      throw error;
    }
    if (turn !== this.turn) return undefined; // another message was asked for meanwhile
    this.lecture.innerHTML = html;
    this.lecture.removeAttribute("aria-busy");
    if (push) this.#pushed(to.href, "reading");
    this.#pane("reading");
    this.#shown(this.openMessage);
    this.#title();
    if (focus || !WIDE.matches) this.lecture.querySelector("#sujet")?.focus({ preventScroll: true });
    return undefined;
  }

  async #visitFolder(to, steps, push) {
    const asked = to.searchParams.get("q") ?? "";
    const step = steps.length ? decodeURIComponent(steps[0]) : "INBOX";
    const isHere = asked === this.list.asked && (asked ? to.href === this.listAddress : step === this.section.dataset.step);
    if (isHere && !push) {
      this.#closed();
      return;
    }
    await this.#whole(to, push);
  }

  async #whole(to, push) {
    this.section.setAttribute("aria-busy", "true");
    const answer = await page(to.href).finally(() => this.section.removeAttribute("aria-busy"));
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const app = next.querySelector("mail-app");
    if (!app) {
      location.assign(to.href);
      return;
    }
    this.list.close();
    this.section.replaceWith(document.adoptNode(app.querySelector("#messages")));
    this.#putFolders(app.querySelector(".folder-lists").innerHTML);
    this.lecture.innerHTML = app.querySelector("#lecture").innerHTML;
    document.querySelector("#deplacer .targets").innerHTML = next.querySelector("#deplacer .targets").innerHTML;
    this.readTitle = app.dataset.title;
    if (push) this.#pushed(to.href, app.dataset.pane);
    this.#takeList();
    this.#pane(app.dataset.pane);
    const search = document.querySelector("#recherche");
    if (search) search.value = this.list.asked;
    if (this.openMessage) this.#shown(this.openMessage);
    else this.section.querySelector("h2")?.focus?.();
    this.#title();
  }

  #takeList() {
    this.section = this.querySelector("#messages");
    this.list = new RowList(this.section);
    this.listAddress = this.openRef ? this.dataset.home + encodeURIComponent(this.section.dataset.step) + "/" : location.href;
    this.section.addEventListener("mail:listed", () => this.#title());
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
    for (const button of document.querySelectorAll('[data-do="folders"]')) button.setAttribute("aria-expanded", String(open));
    if (open) this.folders.querySelector('[aria-current="page"], a')?.focus();
  }

  // Back to the list, nothing open.
  close() {
    if (!this.openRef) return;
    const row = this.list.row(this.openRef);
    this.#pushed(this.listAddress, "list");
    this.#closed();
    if (row) this.list.focus(row);
  }

  #closed() {
    this.turn = (this.turn ?? 0) + 1;
    this.list.markOpen("");
    this.#pane("list");
    if (this.openRef) this.#nothing();
    this.#title();
  }

  #nothing() {
    const template = document.querySelector("template#nothing");
    this.lecture.replaceChildren(template.content.cloneNode(true));
  }

  #shown(message) {
    this.list.markOpen(message.dataset.ref);
    if (message.hasAttribute("data-unread")) this.act("read", [message.dataset.ref], { quiet: true });
    this.#thread(message);
  }

  async #thread(message) {
    const place = message.querySelector("[data-thread]");
    if (!place) return;
    await new Promise((go) => {
      setTimeout(go, DWELL);
    });
    if (!place.isConnected) return;
    try {
      place.innerHTML = await (await piece(place.dataset.thread, BY_ITSELF)).text();
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // a thread that cannot be found is no reason to disturb
    }
  }

  // Acts: shown at once, taken back with the reason when refused.

  async act(act, refs, { to = "", quiet = false } = {}) {
    if (!refs.length) return;
    const leaves = LEAVING.has(act);
    const next = leaves ? await this.#afterwards(refs) : null;
    if (leaves) this.list.take(refs);
    else this.list.flag(refs, ...MARKS[act]);
    this.#dressOpen(act, refs);
    if (leaves) this.#follow(refs, next);
    this.#bulk();
    try {
      const done = await this.#sent(act, refs, to);
      if (!quiet && SAID[act]) this.#said(act, refs, done);
      await this.refresh(true);
    } catch (error) {
      await this.refresh();
      tellRefusal(error);
    }
  }

  // Many at once go in several goes: the server takes so many at a time.
  async #sent(act, refs, to) {
    const all = { moved: [], folder: "", final: true };
    for (let start = 0; start < refs.length; start += AT_ONCE) {
      const fields = new URLSearchParams(refs.slice(start, start + AT_ONCE).map((ref) => ["ref", ref]));
      if (to) fields.set("to", to);
      const done = await (await send(this.dataset.acts.replace("/x/", `/${act}/`), fields)).json();
      all.moved.push(...done.moved);
      all.final &&= done.final;
    }
    return all;
  }

  async #afterwards(refs) {
    const row = this.openRef && refs.includes(this.openRef) ? this.list.row(this.openRef) : null;
    if (!row) return null;
    const rows = this.list.rows;
    const place = rows.indexOf(row);
    const rest = [...rows.slice(place + 1), ...rows.slice(0, place).reverse()];
    return rest.find((other) => !refs.includes(other.dataset.ref)) ?? null;
  }

  #follow(refs, next) {
    if (!refs.includes(this.openRef)) return;
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

  #said(act, refs, done) {
    const many = refs.length > 1;
    let words = many ? `${refs.length} ${SAID[act][1]}` : SAID[act][0];
    if (done.final) words = many ? `${refs.length} courriels supprimés définitivement.` : "Courriel supprimé définitivement.";
    const notice = tell(words, "dark", 8);
    if (!notice || !done.moved.length) return;
    const undo = document.createElement("button");
    undo.type = "button";
    undo.textContent = "Annuler";
    const home = refs[0].split("/")[0];
    undo.addEventListener("click", async () => {
      notice.remove();
      try {
        await this.#sent("move", done.moved, home);
        tell("Annulé.", "dark", 3);
      } catch (error) {
        tellRefusal(error);
      }
      this.refresh();
    });
    notice.append(undo);
  }

  #dressOpen(act, refs) {
    const message = this.openMessage;
    if (!message || !refs.includes(message.dataset.ref)) return;
    const isRead = act === "read" ? true : act === "unread" ? false : null;
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
    if (!refs.length) return;
    this.moving = refs;
    document.querySelector("#deplacer").showModal();
  }

  // News.

  #changed(folder, kind) {
    const isHere = kind === "woken" || folder === this.section.dataset.folder || this.section.dataset.use === "all";
    this.stale ||= isHere;
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      if (this.stale) this.refresh(true);
      else this.#counts();
    }, 60);
  }

  async refresh(byItself = false) {
    this.stale = false;
    await Promise.all([this.list.refresh(byItself), this.#counts()]);
    this.#title();
  }

  async #counts() {
    clearTimeout(this.counting);
    await new Promise((go) => {
      this.counting = setTimeout(go, 30);
    });
    try {
      const query = new URLSearchParams({ actif: this.section.dataset.folder });
      this.#putFolders(await (await piece(`${this.dataset.folders}?${query}`, BY_ITSELF)).text());
    } catch (error) {
      tellRefusal(error);
    }
  }

  #putFolders(html) {
    const place = this.folders.querySelector(".folder-lists");
    const held = place.contains(document.activeElement) ? document.activeElement.dataset.step : null;
    place.innerHTML = html;
    if (held) place.querySelector(`[data-step="${CSS.escape(held)}"]`)?.focus();
  }

  #title() {
    const unread = this.list.unread;
    if (Number.isFinite(unread) && !this.list.asked) {
      const told = this.section.querySelector(".told");
      const words = unread ? `${unread} non lu${unread > 1 ? "s" : ""}` : "";
      if (told.textContent.trim() !== words) told.textContent = words;
    }
    const inbox = this.folders.querySelector('[data-use="inbox"] .count');
    const count = inbox ? inbox.firstChild.textContent.trim() : "";
    const subject = this.lecture.querySelector("#sujet")?.textContent;
    document.title = (count ? `(${count}) ` : "") + (subject ? `${subject} – Vaguemestre` : this.readTitle);
  }

  // Hands.

  #clicked(event) {
    const link = event.target.closest("a");
    if (link && this.#isPlain(event) && this.#follows(link)) {
      event.preventDefault();
      return;
    }
    const looked = event.target.closest("[data-look]");
    if (looked && this.#isPlain(event)) {
      event.preventDefault();
      this.#look(looked);
      return;
    }
    const bulk = event.target.closest("[data-bulk]")?.dataset.bulk;
    if (bulk) {
      this.do(bulk, [...this.list.selected]);
      return;
    }
    const target = event.target.closest("#deplacer [data-to]");
    if (target) {
      document.querySelector("#deplacer").close();
      this.act("move", this.moving, { to: target.dataset.to });
      return;
    }
    const what = event.target.closest("[data-do]")?.dataset.do;
    if (what) this.do(what, this.openRef ? [this.openRef] : []);
    else if (this.hasAttribute("data-drawer") && !this.folders.contains(event.target)) this.#drawer(false);
  }

  #isPlain(event) {
    return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  }

  #follows(link) {
    if (!link.href.startsWith(location.origin + this.dataset.home) || link.target || link.hasAttribute("download")) return false;
    const row = link.closest("li.row");
    if (row?.hasAttribute("data-draft")) {
      this.compose("draft", row);
      return true;
    }
    if (row) this.list.focus(row, { scroll: false });
    if (link.closest(".tabs-bottom") || link.closest("#dossiers")) this.#drawer(false);
    this.visit(link.href);
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
      case "select":
        return this.#selecting();
      case "unselect":
        return this.unselect();
      case "show-images":
        return this.#showImages();
      case "copy-address":
        return navigator.clipboard.writeText(location.href).then(() => tell("Adresse copiée.", "dark", 3));
      case "print":
        return window.print();
      case "ask-move":
        return this.askMove(refs);
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
    const frame = this.lecture.querySelector("iframe.body");
    const address = new URL(frame.src);
    address.searchParams.set("images", "1");
    const shown = frame.cloneNode();
    shown.src = address.href; // another frame: a changed address would be one more step back in the history
    frame.replaceWith(shown);
    const notice = this.lecture.querySelector("[data-blocked]");
    notice?.remove();
    this.lecture.querySelector("#sujet")?.focus({ preventScroll: true });
  }

  #look(link) {
    const dialog = document.querySelector("#apercu");
    const place = dialog.querySelector(".look-at");
    dialog.querySelector("#apercu-titre").textContent = link.dataset.look;
    const keep = dialog.querySelector("#apercu-garder");
    keep.href = link.previousElementSibling.href;
    keep.download = link.dataset.look;
    if (link.dataset.kind.startsWith("image/")) {
      const picture = new Image();
      picture.src = link.href;
      picture.alt = link.dataset.look;
      place.replaceChildren(picture);
    } else {
      const frame = document.createElement("iframe");
      frame.setAttribute("sandbox", "");
      frame.title = link.dataset.look;
      frame.src = link.href;
      place.replaceChildren(frame);
    }
    dialog.addEventListener("close", () => place.replaceChildren(), { once: true });
    dialog.showModal();
  }

  #search(event) {
    event.preventDefault();
    const form = event.target;
    const asked = form.q.value.trim();
    form.q.blur();
    const query = new URLSearchParams({ q: asked, partout: "1" });
    this.visit(asked ? `${form.action}?${query}` : form.action);
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
    this.#bulk();
  }

  unselect() {
    this.list.unselect();
    this.section.classList.remove("selecting");
    this.#bulk();
  }

  #selecting() {
    const on = this.section.classList.toggle("selecting");
    if (!on) this.list.unselect();
    this.#bulk();
  }

  #bulk() {
    const count = this.list.selected.size;
    const bar = this.section.querySelector(".bulk");
    bar.hidden = !count;
    bar.querySelector(".picked").textContent = count > 1 ? `${count} sélectionnés` : `${count} sélectionné`;
    this.section.querySelector('[data-do="select"]').setAttribute("aria-pressed", String(this.section.classList.contains("selecting") || count > 0));
    if (!count && bar.contains(document.activeElement)) this.list.focus(this.list.current);
  }

  #drags() {
    this.addEventListener("click", (event) => {
      const row = event.target.closest("label.pick")?.closest("li.row");
      const from = this.lastPicked;
      if (!row || !event.shiftKey || !from?.isConnected) return;
      setTimeout(() => {
        this.list.selectBetween(from, row); // once the box itself has been ticked
        this.#bulk();
      });
    });
    this.addEventListener("dragstart", (event) => {
      const row = event.target.closest?.("li.row");
      if (!row) return;
      const refs = this.list.selected.has(row.dataset.ref) ? [...this.list.selected] : [row.dataset.ref];
      event.dataTransfer.setData("application/x-vaguemestre", JSON.stringify(refs));
      event.dataTransfer.effectAllowed = "move";
    });
    const target = (event) =>
      event.dataTransfer?.types.includes("application/x-vaguemestre") && event.target.closest?.("#dossiers a[data-step]");
    this.addEventListener("dragover", (event) => {
      const folder = target(event);
      for (const other of this.folders.querySelectorAll(".over")) other.classList.toggle("over", other === folder);
      if (!folder) return;
      folder.classList.add("over");
      event.preventDefault();
    });
    this.addEventListener("drop", (event) => {
      const folder = target(event);
      if (!folder) return;
      event.preventDefault();
      folder.classList.remove("over");
      if (folder.dataset.folder === this.section.dataset.folder) return;
      this.act("move", JSON.parse(event.dataTransfer.getData("application/x-vaguemestre")), { to: folder.dataset.step });
    });
  }
}
