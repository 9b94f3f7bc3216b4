// Attachments: sent in slices, so that a cut costs one slice; each with its progress, each removable. What would make
// the message too large is left with us and carried as a link.
import { pause } from "../../ui/pause.js";
import { addTermsButton, attachmentRow, octets, showTerms } from "./attachment_row.js";
import { Away, Refused, SignedOut } from "../server.js";

const SLICE_BYTES = 512 * 1024;
const GROWTH = (78 / 76) * (4 / 3); // of a file written in base64, in lines of 76 letters
const TEXT_BYTES = 250_000; // room left for the text and the headers of the message
const PART_BYTES = 1024; // headers of one attachment
const MAX_ATTEMPTS = 75; // of one slice: ten minutes, with the pauses between
const MAX_PAUSE_MS = 8000;
const INTERRUPTED = "Interrompue : joignez-la de nouveau.";

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
    this.begunBytes = 0; // of files the server was told of, which are not in the list yet
  }

  /**
   * What the draft has already.
   * @param {Enclosure[]} enclosures
   * @param {FileLink[]} links
   */
  show(enclosures, links = []) {
    for (const enclosure of enclosures.filter(({ is_picture: isPicture }) => !isPicture)) {
      this.addRow(enclosure);
      if (enclosure.received === enclosure.size) this.finish(enclosure.id);
      else this.fail(enclosure.id, INTERRUPTED);
    }
    for (const link of links) {
      const id = linkId(link);
      this.addLinkRow(link);
      if (link.infected) this.fail(id, "Un virus y a été trouvé : retirez-la.");
      else if (link.received === link.size) this.finish(id);
      else this.fail(id, INTERRUPTED);
    }
    this.showList();
  }

  get count() {
    return this.kept.size;
  }

  get names() {
    return [...this.kept.values()].map((enclosure) => enclosure.name);
  }

  get isBusy() {
    return [...this.kept.values()].some((file) => !file.isWhole && !file.hasFailed);
  }

  /** @param {number} size of one more file */
  hasRoom(size) {
    let total = TEXT_BYTES;
    for (const file of this.kept.values()) if (!file.link) total += file.size * GROWTH + PART_BYTES;
    return total + (this.begunBytes + size) * GROWTH <= this.limit;
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
    if (this.lends && !this.hasRoom(file.size)) return this.addLink(file);
    let begun;
    this.begunBytes += file.size; // files joined together share the room
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
    } finally {
      this.begunBytes -= file.size;
    }
    const row = this.addRow({ id: begun.id, name: begun.name, size: file.size });
    this.showList();
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
      this.showList();
    } else this.finish(begun.id);
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
    const row = this.addLinkRow(begun);
    const id = linkId(begun);
    this.showList();
    try {
      await this.send(id, file, row, `liens/${begun.id}/suite/`);
    } catch (error) {
      if (this.kept.has(id)) this.fail(id, error instanceof Refused ? error.message : "Le dépôt a échoué.");
      return;
    }
    this.finish(id);
    this.onChange();
  }

  /**
   * @param {Enclosure} enclosure
   * @returns {HTMLLIElement}
   */
  addRow(enclosure) {
    const { id, name, size } = enclosure;
    const row = attachmentRow(name, size, () => this.remove(id));
    this.list.append(row);
    this.kept.set(id, { ...enclosure, row });
    return row;
  }

  /** @param {FileLink} link */
  addLinkRow(link) {
    const id = linkId(link);
    const row = this.addRow({ id, name: link.name, size: link.size });
    addTermsButton(row, () =>
      this.onTerms(this.kept.get(id)?.link ?? link, (changed) => this.setTerms(id, changed)),
    );
    this.setTerms(id, link);
    return row;
  }

  /**
   * @param {string} id
   * @param {FileLink} link
   */
  setTerms(id, link) {
    const file = this.kept.get(id);
    if (!file) return;
    file.link = link;
    showTerms(file.row, link);
  }

  // Files we hold already, of another message.
  /** @param {Enclosure[]} enclosures */
  addHeld(enclosures) {
    for (const enclosure of enclosures) {
      this.addRow(enclosure);
      this.finish(enclosure.id);
    }
    this.showList();
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
      const slice = file.slice(sent, sent + SLICE_BYTES);
      const { received } = await this.insist(() =>
        this.server.ask(this.server.address(`${path}?offset=${sent}`), {
          method: "POST",
          body: slice,
          headers: { "Content-Type": "application/octet-stream" },
        }),
      );
      sent = received;
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
        if (!(error instanceof Away || error instanceof SignedOut) || attempt >= MAX_ATTEMPTS) throw error;
        await pause(Math.min(500 * 2 ** attempt, MAX_PAUSE_MS));
      }
    }
  }

  /** @param {string} id of a file that the server has whole */
  finish(id) {
    const file = this.kept.get(id);
    if (!file) return;
    file.isWhole = true;
    file.row.querySelector("progress")?.remove();
    file.row.querySelector(".size").textContent = octets(file.size);
    this.showList();
  }

  /**
   * @param {string} id
   * @param {string} sentence
   */
  fail(id, sentence) {
    const file = this.kept.get(id);
    if (!file) return;
    file.hasFailed = true;
    file.row.classList.add("failed");
    file.row.querySelector("progress")?.remove();
    file.row.querySelector(".size").textContent = sentence;
    this.showList();
  }

  /** @param {string} id */
  async remove(id) {
    const file = this.kept.get(id);
    if (!file) return;
    this.kept.delete(id);
    file.row.remove();
    this.showList();
    try {
      await this.server.post(file.link ? `liens/${file.link.id}/retirer/` : `pieces/${id}/retirer/`, {});
    } catch {
      this.onTrouble(`« ${file.name} » n’a pas pu être retirée : rechargez la page avant d’envoyer.`);
    }
    this.onChange();
  }

  showList() {
    this.list.hidden = !this.kept.size;
  }
}

/**
 * The key of a link among the attachments, whose numbers are counted apart.
 * @param {FileLink} link
 */
function linkId(link) {
  return `lien-${link.id}`;
}
