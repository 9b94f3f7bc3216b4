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

  async change() {
    if (this.editor.isPlain) return this.editor.toRich();
    const text = await this.plainOf(this.editor.fields().html);
    if (text !== undefined) this.editor.toPlain(text);
  }

  /** @param {string} quote */
  async unfold(quote) {
    const text = await this.plainOf(quote);
    if (text !== undefined) this.editor.appendPlain(text);
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
