// Attachments: sent in slices, so that a cut costs one slice; each with its progress, each removable. What would make
// the message too large is left with us and carried as a link.
import { pause } from "../../ui/pause.js";
import { addTermsButton, attachmentRow, octets, showTerms } from "./attachment_row.js";
import { Away, Refused, SignedOut } from "../server.js";

const SLICE = 512 * 1024; // bytes
const GROWTH = (78 / 76) * (4 / 3); // of a file written in base64, in lines of 76 letters

export class Attachments {
  /**
   * @param {HTMLElement} list
   * @param {Server} server
   * @param {AttachmentsPage} page
   */
  constructor(list, server, { limit, lends, onChange, onTrouble, onTerms }) {
    this.list = list;
    this.server = server;
    this.limit = limit;
    this.lends = lends;
    this.onChange = onChange;
    this.onTrouble = onTrouble;
    this.onTerms = onTerms;
    /** @type {Map<string, AttachedFile>} */
    this.kept = new Map();
  }

  /**
   * @param {Enclosure[]} first
   * @param {FileLink[]} links
   */
  show(first, links = []) {
    for (const one of first.filter((enclosure) => !enclosure.is_picture)) {
      this.kept.set(one.id, { ...one, row: this.row(one.name, one.size, () => this.remove(one.id)) });
      if (one.received === one.size) this.whole(one.id);
      else this.fail(one.id, "Interrompue : joignez-la de nouveau.");
    }
    for (const one of links) {
      this.keepLink(one);
      if (one.infected) this.fail(`lien-${one.id}`, "Un virus y a été trouvé : retirez-la.");
      else if (one.received === one.size) this.whole(`lien-${one.id}`);
      else this.fail(`lien-${one.id}`, "Interrompue : joignez-la de nouveau.");
    }
    this.tell();
  }

  get count() {
    return this.kept.size;
  }

  get names() {
    return [...this.kept.values()].map((enclosure) => enclosure.name);
  }

  get isBusy() {
    return [...this.kept.values()].some((one) => !one.isWhole && !one.hasFailed);
  }

  /** @param {number} size */
  room(size) {
    let total = 250000;
    for (const one of this.kept.values()) if (!one.link) total += one.size * GROWTH + 1024;
    return total + size * GROWTH <= this.limit;
  }

  /**
   * @param {Iterable<File>} files
   * @param {{asPicture?: boolean, onPicture?: (path: string, name: string) => void}} options
   */
  async add(files, { asPicture = false, onPicture } = {}) {
    await Promise.all([...files].map((file) => this.addOne(file, asPicture, onPicture)));
  }

  /**
   * @param {File} file
   * @param {boolean} asPicture
   * @param {((path: string, name: string) => void) | undefined} onPicture
   */
  async addOne(file, asPicture, onPicture) {
    // Without links, the server refuses it with both sizes in figures.
    if (this.lends && !this.room(file.size)) return this.addLink(file);
    let begun;
    try {
      const fields = {
        name: file.name || "image.png",
        kind: file.type,
        size: file.size,
        picture: asPicture ? "1" : "",
      };
      begun = await this.insist(() => this.server.post("pieces/", fields));
    } catch (error) {
      this.onTrouble(error instanceof Refused ? error.message : `« ${file.name} » n’a pas pu être jointe.`);
      return;
    }
    const row = this.row(begun.name, file.size, () => this.remove(begun.id));
    this.kept.set(begun.id, { id: begun.id, name: begun.name, size: file.size, row });
    this.tell();
    try {
      await this.send(begun.id, file, row, `pieces/${begun.id}/suite/`);
    } catch (error) {
      if (this.kept.has(begun.id))
        this.fail(begun.id, error instanceof Refused ? error.message : "L’envoi de la pièce a échoué.");
      return;
    }
    if (begun.picture && onPicture) {
      onPicture(begun.path, begun.name);
      this.kept.get(begun.id)?.row.remove();
      this.kept.delete(begun.id);
      this.tell();
    } else this.whole(begun.id);
    this.onChange();
  }

  // Too large for the message: the file is left with us, the message carries a link.
  /** @param {File} file */
  async addLink(file) {
    let begun;
    try {
      const fields = { name: file.name || "fichier", kind: file.type, size: file.size };
      begun = await this.insist(() => this.server.post("liens/", fields));
    } catch (error) {
      this.onTrouble(
        error instanceof Refused
          ? `« ${file.name} » : ${error.message}`
          : `« ${file.name} » n’a pas pu être déposée.`,
      );
      return;
    }
    const row = this.keepLink(begun);
    const id = `lien-${begun.id}`;
    this.tell();
    try {
      await this.send(id, file, row, `liens/${begun.id}/suite/`);
    } catch (error) {
      if (this.kept.has(id)) this.fail(id, error instanceof Refused ? error.message : "Le dépôt a échoué.");
      return;
    }
    this.whole(id);
    this.onChange();
  }

  /** @param {FileLink} link */
  keepLink(link) {
    const id = `lien-${link.id}`;
    const row = this.row(link.name, link.size, () => this.remove(id));
    addTermsButton(row, () =>
      this.onTerms(this.kept.get(id)?.link ?? link, (changed) => this.termed(id, changed)),
    );
    this.kept.set(id, { id, name: link.name, size: link.size, row, link });
    this.termed(id, link);
    return row;
  }

  /**
   * @param {string} id
   * @param {FileLink} link
   */
  termed(id, link) {
    const one = this.kept.get(id);
    if (!one) return;
    one.link = link;
    showTerms(one.row, link);
  }

  // Files we hold already, of another message.
  /** @param {Enclosure[]} enclosures */
  took(enclosures) {
    for (const one of enclosures) {
      this.kept.set(one.id, { ...one, row: this.row(one.name, one.size, () => this.remove(one.id)) });
      this.whole(one.id);
    }
    this.tell();
    this.onChange();
  }

  /**
   * @param {string} id
   * @param {File} file
   * @param {HTMLElement} row
   * @param {string} path
   */
  async send(id, file, row, path) {
    let sent = 0;
    while (sent < file.size) {
      if (!this.kept.has(id)) throw new Error("removed");
      const slice = file.slice(sent, sent + SLICE);
      const told = await this.insist(() =>
        this.server.ask(this.server.address(`${path}?offset=${sent}`), {
          method: "POST",
          body: slice,
          headers: { "Content-Type": "application/octet-stream" },
        }),
      );
      sent = told.received;
      row.querySelector("progress").value = sent;
      row.querySelector(".size").textContent = `${octets(sent)} sur ${octets(file.size)}`;
    }
  }

  // A network that comes and goes, a session to open again: the same slice is asked again, ten minutes at most.
  /**
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  async insist(act) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof Away || error instanceof SignedOut) || attempt >= 75) throw error;
        await pause(Math.min(500 * 2 ** attempt, 8000));
      }
    }
  }

  /**
   * @param {string} name
   * @param {number} size
   * @param {() => void} onRemove
   */
  row(name, size, onRemove) {
    const row = attachmentRow(name, size, onRemove);
    this.list.append(row);
    return row;
  }

  /** @param {string} id */
  whole(id) {
    const one = this.kept.get(id);
    if (!one) return;
    one.isWhole = true;
    one.row.querySelector("progress")?.remove();
    one.row.querySelector(".size").textContent = octets(one.size);
    this.tell();
  }

  /**
   * @param {string} id
   * @param {string} sentence
   */
  fail(id, sentence) {
    const one = this.kept.get(id);
    if (!one) return;
    one.hasFailed = true;
    one.row.classList.add("failed");
    one.row.querySelector("progress")?.remove();
    one.row.querySelector(".size").textContent = sentence;
    this.tell();
  }

  /** @param {string} id */
  async remove(id) {
    const one = this.kept.get(id);
    if (!one) return;
    this.kept.delete(id);
    one.row.remove();
    this.tell();
    try {
      await this.server.post(one.link ? `liens/${one.link.id}/retirer/` : `pieces/${id}/retirer/`, {});
    } catch {
      this.onTrouble(`« ${one.name} » n’a pas pu être retirée : rechargez la page avant d’envoyer.`);
    }
    this.onChange();
  }

  tell() {
    this.list.hidden = !this.kept.size;
  }
}
