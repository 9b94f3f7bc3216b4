// From a rich text to a plain one, which the server writes, and back.

export class TextMode {
  /**
   * @param {Editor} editor
   * @param {Server} server
   * @param {(sentence: string) => void} say
   */
  constructor(editor, server, say) {
    this.editor = editor;
    this.server = server;
    this.say = say;
    editor.onUnfoldPlain = (quote) => this.unfold(quote);
    document.querySelector("#plain-mode").addEventListener("click", () => this.change());
  }

  // The text is asked for again if somebody types meanwhile: none of it is lost on the way.
  async change() {
    const { editor } = this;
    if (editor.isPlain) return editor.toRich();
    let html, text;
    do {
      html = editor.fields().html;
      text = await this.plainOf(html);
      if (text === undefined || editor.isPlain) return undefined; // away; or a second press was answered first
    } while (html !== editor.fields().html);
    return editor.toPlain(text);
  }

  /** @param {string} quote */
  async unfold(quote) {
    const text = await this.plainOf(quote);
    if (text !== undefined && !this.editor.isUnfolded) this.editor.appendPlain(text);
  }

  /**
   * @param {string} html
   * @returns {Promise<string | undefined>} the same as plain text; says so when the server is away
   */
  async plainOf(html) {
    try {
      return (await this.server.post("texte/", { html })).text;
    } catch {
      this.say("La messagerie ne répond pas. Votre texte est gardé ; réessayez dans un instant.");
      return undefined;
    }
  }
}
