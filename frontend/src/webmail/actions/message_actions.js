// What is done to messages: shown at once, taken back with the reason when refused, undone on request.
import { addressIn, bareRef, boxOf, inBox } from "../boxes.js";
import { pause } from "../../ui/pause.js";
import { create, find } from "../../ui/dom.js";
import {
  bulkSentence,
  deletedSentence,
  doneSentence,
  goneSentence,
  labelSentence,
  movedSentence,
} from "./action_sentences.js";
import { Refused, fetchFragment, send, tell, tellRefusal } from "../../ui/http.js";
import { addUndo, rememberUndo, trackAction } from "./undo.js";

const LEAVING = new Set(["archive", "delete", "junk", "not-junk", "move"]);
/** @type {Record<string, [name: string, on: boolean]>} the class of a row that each act puts or takes */
const MARKS = {
  read: ["unread", false],
  unread: ["unread", true],
  flag: ["flagged", true],
  unflag: ["flagged", false],
  mute: ["muted", true],
  unmute: ["muted", false],
};
/** @type {Record<string, string>} */
const UNDONE = { mute: "unmute", unmute: "mute" };
/** @type {Record<string, string>} the inverse of each action whose effect is visible at once */
const INVERSE = {
  read: "unread",
  unread: "read",
  flag: "unflag",
  unflag: "flag",
  label: "unlabel",
  unlabel: "label",
};
const LABELS = ["label", "unlabel"];
const OTHER_BOX = "Un courriel ne change pas de boîte : choisissez un de ses dossiers.";
const AT_ONCE = 400;
const POLL = 500;

export class MessageActions {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    if (app.dataset.bulk) this.#follow(app.dataset.bulk);
  }

  /**
   * @param {string} act
   * @param {string[]} refs
   * @param {ActOptions} options
   * @returns {Promise<boolean>} whether the server did it
   */
  async do(act, refs, { to = "", mark = "", quiet = false } = {}) {
    if (!refs.length) return false;
    const app = this.app;
    const list = app.list;
    if (act === "archive" && list.use === "archive") {
      tell("Vous êtes déjà dans les archives.", "dark", 4);
      return false;
    }
    const leaves = LEAVING.has(act);
    const all = list.conversationRefs(refs).sort((one, other) => boxOf(one).localeCompare(boxOf(other)));
    const next = leaves ? list.after(refs, app.openRef) : null;
    const open = leaves && all.includes(app.openRef) ? app.openRef : "";
    const changed = LABELS.includes(act)
      ? list.conversationRefs(app.labels.refsToChange(act, mark, refs))
      : all;
    const takeBack = this.#showAtOnce(act, refs, all, mark);
    if (leaves) app.follow(all, next);
    app.selection.show();
    try {
      const done = await trackAction(this.#sent(act, all, to, mark));
      if (leaves && done.moved.length < all.length) list.settle(refs); // some may have stayed
      if (!quiet) this.#remember(act, changed, done, { to, mark, open });
      await app.refresh(true);
      return true;
    } catch (error) {
      list.settle(refs);
      takeBack(); // without a network, nothing else will
      await app.refresh();
      tellRefusal(error);
      return false;
    } finally {
      list.settle(refs);
    }
  }

  /**
   * @param {string} act
   * @param {string[]} refs
   * @param {string[]} all with those their rows stand for
   * @param {string} mark of a label
   * @returns {() => void} shows what was before
   */
  #showAtOnce(act, refs, all, mark) {
    const { app } = this;
    let takeBackRows = () => {};
    if (LEAVING.has(act)) takeBackRows = app.list.take(refs);
    else if (MARKS[act]) takeBackRows = app.list.flag(refs, ...MARKS[act]);
    const takeBackOpen = app.showOnOpenMessage(act, all, mark);
    return () => {
      takeBackRows();
      takeBackOpen();
    };
  }

  /**
   * @param {HTMLElement} notice
   * @param {() => unknown} act
   */
  addUndo(notice, act) {
    addUndo(notice, act);
  }

  // An action is announced with « Annuler », or its effect is visible at once: Ctrl+Z undoes either.
  /**
   * @param {string} act
   * @param {string[]} refs
   * @param {ActResult} done
   * @param {{to: string, mark: string, open: string}} how `open`: the message that was read, and comes back
   */
  #remember(act, refs, done, { to, mark, open }) {
    if (doneSentence(act, 1)) this.#said(act, refs, done, to, open);
    else if (LABELS.includes(act)) this.#saidLabel(act, refs, mark);
    else if (INVERSE[act]) rememberUndo(() => this.do(INVERSE[act], refs, { mark, quiet: true }));
  }

  /**
   * @param {string} act
   * @param {string[]} refs those it changed
   * @param {string} mark
   */
  #saidLabel(act, refs, mark) {
    if (!refs.length) return;
    find("#notices > [data-undo]")?.remove(); // one at a time
    const notice = tell(
      labelSentence(this.app.labels.nameOf(mark), act === "label", refs.length),
      "dark",
      10,
    );
    if (!notice) return;
    addUndo(notice, async () => {
      const takeBack = this.app.showOnOpenMessage(INVERSE[act], refs, mark);
      try {
        await this.#sent(INVERSE[act], refs, "", mark);
      } catch (error) {
        takeBack();
        throw error;
      }
    });
  }

  // Many at once go in several goes: the server takes so many at a time.
  /**
   * @param {string} act
   * @param {string[]} refs
   * @param {string} to
   * @param {string} mark
   * @returns {Promise<ActResult>}
   */
  async #sent(act, refs, to, mark = "") {
    /** @type {ActResult} */
    const all = { moved: [], final: true, more: "" };
    const boxes = new Set(refs.map(boxOf));
    if (to && [...boxes].some((box) => box !== boxOf(to))) throw new Refused(OTHER_BOX);
    for (const box of boxes) {
      const own = refs.filter((ref) => boxOf(ref) === box).map(bareRef);
      const address = addressIn(box, this.app.dataset.acts.replace("/x/", `/${act}/`));
      for (let start = 0; start < own.length; start += AT_ONCE) {
        const fields = new URLSearchParams(own.slice(start, start + AT_ONCE).map((ref) => ["ref", ref]));
        if (to) fields.set("to", bareRef(to));
        if (mark) fields.set("mark", mark);
        const done = await (await send(address, fields)).json();
        all.moved.push(...done.moved.map((/** @type {string} */ ref) => inBox(box, ref)));
        all.final &&= done.final;
        all.more ||= done.more;
      }
    }
    return all;
  }

  /**
   * @param {string} act
   * @param {string[]} refs
   * @param {ActResult} done
   * @param {string} to
   * @param {string} open
   */
  #said(act, refs, done, to, open) {
    const count = UNDONE[act] ? 1 : refs.length; // a conversation is one
    const folder = to && this.app.folders.querySelector(`[data-step="${CSS.escape(to)}"]`)?.dataset.name;
    let words = folder ? movedSentence(count, folder) : doneSentence(act, count);
    if (done.final) words = deletedSentence(count);
    else if (LEAVING.has(act) && !done.moved.length) words = goneSentence(count);
    find("#notices > [data-undo]")?.remove(); // one at a time
    const notice = tell(words + done.more, "dark", 10);
    if (!notice || !(done.moved.length || UNDONE[act])) return;
    const homes = new Map();
    const isWhole = done.moved.length === refs.length; // else some were gone: nobody knows which came from where
    if (!isWhole && new Set(refs.map((ref) => ref.split("/")[0])).size > 1) return;
    done.moved.forEach((ref, place) => {
      const home = refs[isWhole ? place : 0].split("/")[0];
      homes.set(home, [...(homes.get(home) ?? []), ref]);
    });
    const mine = isWhole ? done.moved[refs.indexOf(open)] : "";
    addUndo(notice, async () => {
      if (UNDONE[act]) await this.#sent(UNDONE[act], refs, "");
      else
        for (const [home, moved] of homes) {
          const back = (await this.#sent("move", moved, home)).moved[moved.indexOf(mine)];
          if (back && !boxOf(back)) this.app.visit(`${this.app.dataset.home}${back}/`); // as it was
        }
    });
  }

  /**
   * On a whole folder, or all that a search found: the worker does it, the page tells how far it is.
   * @param {string} act
   * @param {{step?: string, query?: string, to?: string, mark?: string, when?: Record<string, string>}} [options]
   */
  async whole(
    act,
    {
      step = this.app.section.dataset.step,
      query = this.app.section.dataset.query,
      to = "",
      mark = "",
      when = {},
    } = {},
  ) {
    const fields = new URLSearchParams(query);
    fields.set("act", act);
    fields.set("folder", step);
    if (to) fields.set("to", to);
    if (mark) fields.set("mark", mark);
    for (const [name, value] of Object.entries(when)) fields.set(name, value);
    try {
      const bulk = await (await send(this.app.dataset.bulks, fields)).json();
      if (!bulk.total) tell("Il n’y a rien à faire ici.", "dark", 4);
      else this.#follow(bulk.id);
    } catch (error) {
      tellRefusal(error);
    }
  }

  /** @param {string} id */
  async #follow(id) {
    const notice = tell("", "dark", 0);
    if (!notice) return;
    notice.dataset.stays = "";
    const words = create("span");
    notice.append(words);
    const bar = create("progress");
    bar.setAttribute("aria-label", "Avancement");
    notice.append(bar);
    const stop = addUndo(notice, async () => {
      const back = await (await send(`${this.app.dataset.bulks}${id}/annuler/`, {})).json();
      if (back.total) this.#follow(back.id);
      return back.total;
    });
    for (;;) {
      let bulk;
      try {
        bulk = await (await fetchFragment(`${this.app.dataset.bulks}${id}/`)).json();
      } catch (error) {
        notice.remove();
        tellRefusal(error);
        return;
      }
      if (!notice.isConnected) return;
      words.textContent = bulkSentence(bulk);
      bar.max = bulk.total;
      bar.value = bulk.done;
      if (bulk.state !== "running") {
        bar.remove();
        this.app.refresh(true).then(() => this.app.restoreFocus());
        if (bulk.final || bulk.state === "undone") stop.remove();
        setTimeout(() => notice.remove(), 12000);
        return;
      }
      await pause(POLL);
    }
  }
}
