// Folders: made, named, put elsewhere, emptied, thrown away; by menu, by drag, by keyboard. Loaded when first used.
import { find } from "../../ui/dom.js";
import { counted, isPlural, number } from "../../ui/french.js";
import { folderMenu } from "../folders/folder_menu.js";
import { openFolderPicker, targetItem } from "../folders/folder_picker.js";
import { Refused, send, tell, tellRefusal } from "../../ui/http.js";
import { confirm } from "../page/confirm.js";
import { loadMenus } from "../page/context_menu.js";

const GIVEN_BACK = "« Messages supprimés » pourra encore les rendre pendant quelque temps.";
const FINAL = "Personne ne pourra les reprendre ici une fois le délai de 10 secondes passé.";

export class FolderTools {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    this.pane = app.folders;
    /** @type {HTMLDialogElement} */
    const dialog = find("#file-dialog");
    dialog.addEventListener("click", (event) => {
      const target = event.target.closest("[data-into]");
      if (!target) return;
      dialog.close();
      this.move(this.shelving, target.dataset.into);
    });
  }

  /**
   * @param {string} step
   * @returns {FolderLink | null}
   */
  link(step) {
    return this.pane.querySelector(`a.folder-link[data-step="${CSS.escape(step)}"]`);
  }

  /** @param {HTMLElement} more the button of a folder's menu */
  openMenuUnder(more) {
    const { left, bottom } = more.getBoundingClientRect();
    const link = this.link(more.dataset.folderMenu ?? "");
    if (link) this.openMenu(link, { x: left, y: bottom }, "+ .more");
  }

  /**
   * @param {FolderLink} link
   * @param {Point} at
   * @param {string} beside selector of what has the focus back, from the link on
   */
  async openMenu(link, at, beside = "") {
    const { step } = link.dataset;
    const { menu } = await loadMenus();
    const items = folderMenu(link, {
      visit: () => this.app.visit(link.href),
      markAllRead: () => this.app.actions.whole("read", { step, query: "" }),
      subscribe: (wanted) => this.#subscribe(step, wanted),
      do: (act) => this.do(act, step),
    });
    menu.open(`Dossier ${link.dataset.name}`, items, {
      ...at,
      from: () => this.pane.querySelector(`a.folder-link[data-step="${CSS.escape(step)}"] ${beside}`),
    });
  }

  /**
   * @param {string} what
   * @param {string} step empty: the first level
   */
  do(what, step) {
    const link = step ? this.link(step) : null;
    if (what === "create") this.#create(step, link);
    else if (what === "shelve") this.#shelve(step);
    else if (link && what === "rename") this.#rename(link);
    else if (link && what === "empty") this.#empty(link);
    else if (link && what === "delete") this.#delete(link);
  }

  /**
   * @param {string} step
   * @param {FolderLink | null} link
   */
  #create(step, link) {
    const title = link ? `Nouveau dossier dans « ${link.dataset.name} »` : "Nouveau dossier";
    this.#name(title, "", (name) => this.#ask("creer", { parent: step, name }));
  }

  /** @param {FolderLink} link */
  #rename({ dataset: { step, name: before } }) {
    this.#name("Renommer le dossier", before, async (name) => {
      const now = await this.#ask("renommer", { folder: step, name });
      this.#followMove(step, now);
      return now;
    });
  }

  /**
   * @param {string} step
   * @param {string} into
   */
  async move(step, into) {
    try {
      const now = await this.#ask("deplacer", { folder: step, parent: into });
      this.#followMove(step, now);
      this.link(now)?.focus();
      this.#undoable("Dossier rangé.", () => this.#ask("remettre", { folder: now, parent: step }), now, step);
    } catch (error) {
      tellRefusal(error);
    }
  }

  /**
   * @param {string} what
   * @param {Record<string, string>} fields
   * @returns {Promise<string>}
   */
  async #ask(what, fields) {
    const { folder } = await this.#send(what, fields);
    await this.app.counts();
    return folder;
  }

  /**
   * @param {string} what
   * @param {Record<string, string>} fields
   */
  async #send(what, fields) {
    return (await send(this.app.dataset.shelves.replace("/x/", `/${what}/`), fields)).json();
  }

  // The list at hand may be that of the folder that moved, or of one inside it.
  /**
   * @param {string} step
   * @param {string} now
   */
  #followMove(step, now) {
    const here = this.app.section.dataset.step;
    const inside = here === step || here.startsWith(`${step}~2F`);
    if (!inside || now === step) return undefined;
    const there = now
      ? `${this.app.dataset.home}${encodeURIComponent(now + here.slice(step.length))}/`
      : this.app.dataset.home;
    return this.app.visit(there);
  }

  /**
   * @param {string} title
   * @param {string} before
   * @param {(name: string) => Promise<string>} save
   */
  #name(title, before, save) {
    /** @type {HTMLDialogElement} */
    const dialog = find("#name-dialog");
    const form = dialog.querySelector("form");
    const field = form.elements.name;
    const refused = dialog.querySelector(".error");
    dialog.querySelector("h2").textContent = title;
    field.value = before;
    refused.hidden = true;
    field.removeAttribute("aria-invalid");
    form.onsubmit = async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      try {
        const now = await save(field.value);
        dialog.close();
        this.link(now)?.focus(); // what had the keyboard was drawn anew
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        refused.textContent = error.message;
        refused.hidden = false;
        field.setAttribute("aria-invalid", "true");
        field.focus();
      }
    };
    dialog.showModal();
    field.select();
  }

  /** @param {string} step */
  #shelve(step) {
    /** @type {string} */
    this.shelving = step;
    const choices = [["", "Au premier niveau"]];
    for (const link of this.pane.querySelectorAll("a.folder-link[data-step]")) {
      const { step: other, use, folder, name } = link.dataset;
      if (use === "all" || use === "drafts" || other === step || other.startsWith(`${step}~2F`)) continue;
      choices.push([other, this.#path(folder, name)]);
    }
    const dialog = find("#file-dialog");
    dialog
      .querySelector(".targets")
      .replaceChildren(...choices.map(([into, words]) => targetItem(words, { into })));
    openFolderPicker(dialog);
  }

  // The steps that lead to a folder, the first by the name it is shown under.
  /**
   * @param {string} folder
   * @param {string} name
   */
  #path(folder, name) {
    const [first, ...steps] = folder.split("/");
    if (!steps.length) return name;
    const root = this.pane.querySelector(`a.folder-link[data-folder="${CSS.escape(first)}"]`);
    return [root?.dataset.name ?? first, ...steps].join(" / ");
  }

  /** @param {FolderLink} link */
  #empty(link) {
    const { step, use, total, name } = link.dataset;
    const count = Number(total);
    if (!count) {
      tell("Ce dossier est déjà vide.", "dark", 4);
      return;
    }
    const messages = counted(count, "courriel");
    const isFinal = use === "trash" || use === "junk";
    confirm({
      title: `Vider « ${name} » ?`,
      text: isFinal
        ? `${messages}. ${this.app.querySelector("[data-gives-back]") ? GIVEN_BACK : FINAL}`
        : `${messages}${isPlural(count) ? " : ils iront" : " : il ira"} dans la corbeille.`,
      go: `Vider (${number(count)})`,
      act: () => this.app.actions.whole("delete", { step, query: "" }),
    });
  }

  // The server says first what will happen; its mark comes back once that was read and confirmed.
  /**
   * @param {FolderLink} link
   * @param {string} mark
   */
  async #delete(link, mark = "") {
    const { step, name } = link.dataset;
    try {
      const { question, folder } = await this.#send("supprimer", { folder: step, confirm: mark });
      if (question) return confirm({ ...question, act: () => this.#delete(link, question.mark) });
      // the next folder that is not gone with it, else the one before
      const entry = this.link(step)?.closest("li");
      let other = entry?.nextElementSibling;
      while (other?.querySelector(`a.folder-link[data-step^="${CSS.escape(`${step}~2F`)}"]`))
        other = other.nextElementSibling;
      const beside =
        (other ?? entry?.previousElementSibling)?.querySelector("a.folder-link")?.dataset.step ?? "";
      await this.app.counts();
      this.#followMove(step, "");
      (this.link(beside) ?? this.pane.querySelector('[data-folder-do="create"]'))?.focus();
      if (folder)
        this.#undoable(
          `Dossier « ${name} » mis à la corbeille.`,
          () => this.#ask("remettre", { folder, parent: step }),
          folder,
          step,
        );
      else tell(`Dossier « ${name} » supprimé.`, "dark", 5);
    } catch (error) {
      tellRefusal(error);
    }
    return undefined;
  }

  /**
   * @param {string} step
   * @param {boolean} wanted
   */
  async #subscribe(step, wanted) {
    try {
      await this.#ask("abonner", { folder: step, wanted: wanted ? "yes" : "no" });
      tell(
        wanted
          ? "Les autres logiciels montreront ce dossier."
          : "Les autres logiciels ne montreront plus ce dossier.",
        "dark",
        5,
      );
    } catch (error) {
      tellRefusal(error);
    }
  }

  /**
   * @param {string} words
   * @param {() => Promise<unknown>} back
   * @param {string} now
   * @param {string} step
   */
  #undoable(words, back, now, step) {
    const notice = tell(words, "dark", 8);
    if (!notice) return;
    this.app.actions.addUndo(notice, async () => {
      await back();
      await this.#followMove(now, step);
      this.link(step)?.focus();
    });
  }
}
