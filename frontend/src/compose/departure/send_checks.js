// What deserves a second thought before leaving. Each question has its answer in one click.
import { isClass } from "../recipients/addresses.js";

const FORGOTTEN = new RegExp(
  [
    String.raw`\bci[-\u2011\s]joint`,
    String.raw`\bpi[eè]ces?\s+jointes?`,
    String.raw`\bpj\b`,
    String.raw`\b(?:en|ces|les)\s+annexes?\b`,
    String.raw`\b(?:fichier|document|formulaire|courrier)s?\s+(?:joint|attaché)`,
    String.raw`\bjoins?\s+(?:le|la|les|un|une|des|à|mon|ma|mes|notre|nos|votre|vos|ce|cette|ces|l['’])`,
    String.raw`\bvous\s+trouverez\s+(?:joint|attaché)`,
    String.raw`\bjointe?s?\s+(?:à|au)\s+(?:ce|cet|présent)\s+(?:mail|mél|courriel|message|envoi)`,
  ].join("|"),
  "i",
);
const MANY = 30; // people: from here on one is asked whether they are all meant
// a word that a mailing fills in, not the braces of a set or of a program
const VARIABLE = /\{\s*(\p{L}[\p{L}\d ’'_-]{2,40}?)\s*\}/gu;

// What an answer does: a mail for later does not leave now.
const sendVerb = (/** @type {SendOptions} */ { later }) => (later ? "Programmer" : "Envoyer");

export class SendChecks {
  /**
   * @param {ComposerForm} form
   * @param {CheckedPage} page
   */
  constructor(form, { recipients, attachments, editor, ask, button, say, send, onHidden, onMailing }) {
    this.form = form;
    this.recipients = recipients;
    this.attachments = attachments;
    this.editor = editor;
    this.ask = ask;
    this.button = button;
    this.say = say;
    this.send = send;
    this.onHidden = onHidden;
    this.onMailing = onMailing;
  }

  // True when nothing is wrong; otherwise the field to mend has the focus, or a question is asked, whose answer
  // sends as was wanted: at once, or at the hour chosen.
  /** @param {SendOptions} wanted */
  check(wanted) {
    return this.checkFields() && this.checkRecipients(wanted) && this.checkText(wanted);
  }

  checkFields() {
    const areRight = this.recipients.map((field) => field.commit());
    if (!areRight.every(Boolean)) {
      this.recipients[areRight.indexOf(false)].input.focus();
      return false;
    }
    if (!this.recipients.some((field) => field.people.length)) {
      this.recipients[0].say("Indiquez au moins un destinataire.");
      this.recipients[0].input.focus();
      return false;
    }
    if (this.attachments.isBusy) {
      this.say(
        "Une pièce jointe est encore en cours d’envoi : attendez qu’elle soit complète, ou retirez-la.",
      );
      return false;
    }
    return true;
  }

  /**
   * The answer to one question: what was wanted, which asks it no more.
   * @param {SendOptions} wanted
   * @param {string} why
   */
  again(wanted, why) {
    return () => this.send({ ...wanted, sure: new Set([...wanted.sure, why]) });
  }

  /** @param {SendOptions} wanted */
  checkRecipients(wanted) {
    const { sure } = wanted;
    const [to, cc] = this.recipients;
    const visible = to.people.length + cc.people.length;
    const again = (/** @type {string} */ why) => this.again(wanted, why);
    const isAll = this.form.dataset.mode === "reply-all";
    if (isAll && this.form.dataset.list && visible > 1 && !sure.has("list")) {
      const name = this.form.dataset.list;
      this.ask("list", `Vous répondez à tous les abonnés de la liste « ${name} ».`, [
        this.button("Répondre à l’expéditeur seulement", () => this.answerSender(), "btn primary"),
        this.button("Répondre à tous", again("list")),
      ]);
      return false;
    }
    const group = this.recipients
      .flatMap((field) => field.people)
      .find((person) => (person.distribution_list?.count ?? 0) > MANY);
    const list = group?.distribution_list;
    if (list && !sure.has("distribution_list")) {
      this.ask("distribution_list", `${group.name || group.address} : ${list.words}`, [
        this.button(
          `${wanted.later ? "Programmer l’envoi" : "Envoyer"} à ${list.count} personnes`,
          again("distribution_list"),
          "btn primary",
        ),
      ]);
      return false;
    }
    if (visible > MANY && !sure.has("many")) {
      const words = isAll
        ? `Votre réponse partira à ${visible} personnes.`
        : `${visible} destinataires verront les adresses des autres. Les mettre en copie cachée ?`;
      const acts = [
        this.button("Mettre en copie cachée", () => this.hide(), "btn primary"),
        this.button(`${sendVerb(wanted)} ainsi`, again("many")),
      ];
      if (isAll)
        acts.unshift(
          this.button("Répondre à l’expéditeur seulement", () => this.answerSender(), "btn primary"),
        );
      this.ask("many", words, acts);
      return false;
    }
    return true;
  }

  /** @param {SendOptions} wanted */
  checkText(wanted) {
    const { sure } = wanted;
    const variables = this.unfilledVariables();
    if (variables.length && !sure.has("unfilled")) {
      const last = variables.at(-1);
      const words = [variables.slice(0, -1).join(", "), last].filter(Boolean).join(" et ");
      const verb = variables.length > 1 ? "restent" : "reste";
      this.ask("unfilled", `${words} ${verb} à remplir : chacun le lirait ainsi.`, [
        this.button("Un exemplaire par destinataire", this.onMailing, "btn primary"),
        this.button(`${sendVerb(wanted)} ainsi`, this.again(wanted, "unfilled")),
      ]);
      return false;
    }
    if (!this.attachments.count && FORGOTTEN.test(this.editor.ownWords()) && !sure.has("forgotten")) {
      this.ask("forgotten", "Vous parlez d’une pièce jointe, mais il n’y en a pas.", [
        this.button("Joindre des fichiers", () => document.querySelector("#files").click(), "btn primary"),
        this.button(`${sendVerb(wanted)} sans`, this.again(wanted, "forgotten")),
      ]);
      return false;
    }
    return true;
  }

  // Words in braces that only a mailing fills in; one to classes is a mailing.
  /** @returns {string[]} three at most, as written */
  unfilledVariables() {
    if (this.recipients.some(({ people }) => people.some(({ address }) => isClass(address)))) return [];
    const text = `${this.form.elements.subject.value}\n${this.editor.ownWords()}`;
    const variables = Array.from(text.matchAll(VARIABLE), ([, name]) => `{${name}}`);
    return [...new Set(variables)].slice(0, 3);
  }

  hide() {
    const [to, cc, bcc] = this.recipients;
    const everybody = [...to.people, ...cc.people];
    to.value = "";
    cc.value = "";
    bcc.put(everybody);
    this.onHidden();
  }

  answerSender() {
    const [to, cc, bcc] = this.recipients;
    to.value = this.form.dataset.author;
    cc.value = "";
    bcc.value = "";
    this.form.dataset.mode = "reply";
    this.onHidden();
  }
}
