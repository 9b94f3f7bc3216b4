// Who the people written to are: colleagues, people outside, somebody away; said while one writes.
import { isAddress } from "./addresses.js";

const BREATH = 350;

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
    this.timer = setTimeout(() => this.ask(), BREATH);
  }

  async ask() {
    const missing = [...new Set(this.people.map((one) => one.address.toLowerCase()))].filter(
      (address) => isAddress(address) && !this.known.has(address),
    );
    if (missing.length) {
      try {
        const told = await this.server.post("../destinataires/qui/", {
          addresses: missing.slice(0, 500).join("\n"),
        });
        for (const one of told.people) this.known.set(one.address, one);
      } catch {
        return; // a comfort: nothing is said when nobody answers
      }
    }
    this.show();
  }

  show() {
    /** @type {Record<string, Correspondent[]>} */
    const names = {};
    for (const one of this.people) {
      const told = this.known.get(one.address.toLowerCase());
      if (told) {
        one.kind = told.kind;
        one.detail = told.detail || one.detail;
        one.absent = told.absent;
        one.distribution_list = told.distribution_list;
        if (!one.name) one.name = told.name;
      }
      const name = one.name.toLowerCase();
      if (name) (names[name] ||= []).push(one);
    }
    for (const same of Object.values(names)) {
      for (const one of same)
        one.isHomonym = same.length > 1 || Boolean(this.known.get(one.address.toLowerCase())?.homonyms);
    }
    const focused = document.activeElement;
    for (const field of this.recipients) if (!field.list.contains(focused)) field.draw();
    this.tell();
  }

  tell() {
    const people = this.people.map((one) => ({ ...one, label: one.name || one.address }));
    const outside = people.filter((one) => one.kind === "outside");
    const inside = people.filter((one) => one.kind === "inside");
    const away = people.filter((one) => one.absent);
    const notes = people
      .filter((one) => one.kind === "unknown")
      .map((one) => [
        `unknown-${one.address}`,
        "alert-circle",
        `L’adresse ${one.address} n’existe pas : vérifiez comment elle s’écrit.`,
      ]);
    if (outside.length && inside.length)
      notes.push(["outside", "world", `Hors de l’académie : ${listed(outside.map((one) => one.label))}.`]);
    for (const one of away.slice(0, 3))
      notes.push([`away-${one.address}`, "calendar-event", `${one.label} : ${one.absent}.`]);
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
