// The menus of folders, and folders dragged: what is done to them is loaded when first used.
import { load } from "../../ui/dom.js";
import { onContextMenu } from "../page/context_menu.js";

export class Folders {
  /** @param {MailApp} app */
  constructor(app) {
    this.app = app;
    this.pane = app.folders;
    /** @type {Promise<FolderTools> | null} */
    this.tools = null;
    onContextMenu(this.pane, "li.fold:has([data-folder])", (entry, at) =>
      this.#use((tools) => tools.openMenu(entry.querySelector("a.folder-link"), at)),
    );
    this.pane.addEventListener("click", ({ target }) => {
      const more = target.closest("[data-folder-menu]");
      const what = target.closest("[data-folder-do]")?.dataset;
      if (more) this.#use((tools) => tools.openMenuUnder(more));
      if (what) this.#use((tools) => tools.do(what.folderDo, what.step));
    });
  }

  /**
   * @param {string} step
   * @param {string} into
   */
  move(step, into) {
    this.#use((tools) => tools.move(step, into));
  }

  /** @param {(tools: FolderTools) => unknown} act */
  async #use(act) {
    this.tools ??= load("webmail/on_use/folder_tools.js").then(
      ({ FolderTools }) => new FolderTools(this.app),
    );
    act(await this.tools);
  }
}
