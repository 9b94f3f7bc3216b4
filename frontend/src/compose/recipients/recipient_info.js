// Who the people written to are: colleagues, people outside, somebody away; said while person writes.
import { isAddress } from "./addresses.js";

const PAUSE_MS = 350; // after the last change: several people may come at once
const MAX_ASKED = 500; // addresses the server takes at a time

/** @param {string[]} names */
function listed(names) {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} et ${names.length - 3} autres` : shown;
}

export class RecipientInfo {
  /**
   * @param {Recipients[]} recipients
   * @param {Server} server
   * @param {HTMLElement} panel
   */
  constructor(recipients, server, panel) {
    this.recipients = recipients;
    this.server = server;
    this.panel = panel;
    /** @type {Map<string, KnownAddress>} */
    this.known = new Map();
    /** @type {string | undefined} what the panel says */
    this.shown = undefined;
  }

  get people() {
    return this.recipients.flatMap((field) => field.people);
  }

  // Asked again whenever somebody new is there; the answer colours the chips.
  look() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE_MS);
  }

  async ask() {
    const missing = [...new Set(this.people.map((person) => person.address.toLowerCase()))].filter(
      (address) => isAddress(address) && !this.known.has(address),
    );
    if (missing.length) {
      try {
        const addresses = missing.slice(0, MAX_ASKED).join("\n");
        const { people } = await this.server.post("../destinataires/qui/", { addresses });
        for (const person of people) this.known.set(person.address, person);
      } catch {
        return; // a comfort: nothing is said when nobody answers
      }
    }
    this.show();
  }

  show() {
    /** @type {Record<string, Correspondent[]>} */
    const namesakes = {};
    for (const person of this.people) {
      const known = this.known.get(person.address.toLowerCase());
      if (known) {
        person.kind = known.kind;
        person.detail = known.detail || person.detail;
        person.absent = known.absent;
        person.distribution_list = known.distribution_list;
        if (!person.name) person.name = known.name;
      }
      const name = person.name.toLowerCase();
      if (name) (namesakes[name] ||= []).push(person);
    }
    for (const same of Object.values(namesakes)) {
      for (const person of same)
        person.isHomonym = same.length > 1 || Boolean(this.known.get(person.address.toLowerCase())?.homonyms);
    }
    const focused = document.activeElement;
    for (const field of this.recipients) if (!field.list.contains(focused)) field.draw();
    this.tell();
  }

  tell() {
    const people = this.people.map((person) => ({ ...person, label: person.name || person.address }));
    const outside = people.filter((person) => person.kind === "outside");
    const inside = people.filter((person) => person.kind === "inside");
    const away = people.filter((person) => person.absent);
    const notes = people
      .filter((person) => person.kind === "unknown")
      .map((person) => [
        `unknown-${person.address}`,
        "alert-circle",
        `L’adresse ${person.address} n’existe pas : vérifiez comment elle s’écrit.`,
      ]);
    if (outside.length && inside.length)
      notes.push([
        "outside",
        "world",
        `Hors de l’académie : ${listed(outside.map((person) => person.label))}.`,
      ]);
    for (const person of away.slice(0, 3))
      notes.push([`away-${person.address}`, "calendar-event", `${person.label} : ${person.absent}.`]);
    if (away.length > 3)
      notes.push(["away-more", "calendar-event", `${away.length - 3} autres destinataires sont absents.`]);
    for (const { address, label, distribution_list: list } of people)
      if (list?.words) notes.push([`list-${address}`, "users", `${label} : ${list.words}`]);
    const shown = notes.map(([, , words]) => words).join("\n");
    if (shown === this.shown) return;
    this.shown = shown;
    this.panel.replaceChildren(
      ...notes.map(([, icon, words]) => {
        const line = document.createElement("p");
        const text = document.createElement("span");
        text.textContent = words;
        line.append(window.vaguemestre.icon(icon), text);
        return line;
      }),
    );
    this.panel.hidden = !notes.length;
  }
}
