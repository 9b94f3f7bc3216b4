// What is said of acts on messages: done at once, or far along on a whole folder.
import { agree, counted, isPlural, number } from "../../ui/french.js";

/** @type {Record<string, [one: string, several: string]>} several: said after their number */
const DONE = {
  archive: ["Courriel archivé.", "courriels archivés."],
  delete: ["Courriel mis à la corbeille.", "courriels mis à la corbeille."],
  junk: [
    "Courriel signalé et rangé dans les indésirables.",
    "courriels signalés et rangés dans les indésirables.",
  ],
  "not-junk": ["Courriel remis dans la boîte de réception.", "courriels remis dans la boîte de réception."],
  move: ["Courriel déplacé.", "courriels déplacés."],
  mute: ["Conversation mise en sourdine.", "courriels mis en sourdine."],
  unmute: ["La conversation n’est plus en sourdine.", "courriels sortis de la sourdine."],
};

/** @type {Record<string, [one: string, several: string]>} the participle of each act on a whole list */
const PARTICIPLES = {
  archive: ["archivé", "archivés"],
  delete: ["mis à la corbeille", "mis à la corbeille"],
  junk: ["rangé dans les indésirables", "rangés dans les indésirables"],
  "not-junk": ["remis dans la boîte de réception", "remis dans la boîte de réception"],
  move: ["déplacé", "déplacés"],
  read: ["marqué comme lu", "marqués comme lus"],
  unread: ["marqué comme non lu", "marqués comme non lus"],
  flag: ["marqué d’une étoile", "marqués d’une étoile"],
  unflag: ["qui n’a plus d’étoile", "qui n’ont plus d’étoile"],
  label: ["étiqueté", "étiquetés"],
  unlabel: ["sorti de l’étiquette", "sortis de l’étiquette"],
  "put-off": ["reporté", "reportés"],
  "put-back": ["remis où il était", "remis où ils étaient"],
};
/** @type {[one: string, several: string]} */
const DELETED = ["supprimé", "supprimés"];

/**
 * What is said once an act on some messages was done; nothing of an act that shows by itself.
 * @param {string} act
 * @param {number} count 1 where the act is on a conversation
 */
export function doneSentence(act, count) {
  const sentences = DONE[act];
  if (!sentences) return "";
  return isPlural(count) ? `${number(count)} ${sentences[1]}` : sentences[0];
}

/**
 * @param {number} count
 * @param {string} folder where they went
 */
export function movedSentence(count, folder) {
  return `${isPlural(count) ? `${number(count)} courriels déplacés` : "Courriel déplacé"} vers « ${folder} ».`;
}

/**
 * @param {string} name of the label
 * @param {boolean} isPut or taken off
 * @param {number} count
 */
export function labelSentence(name, isPut, count) {
  const act = isPut ? "mise" : "retirée";
  const messages = isPlural(count) ? ` ${isPut ? "à" : "de"} ${number(count)} courriels` : "";
  return `Étiquette « ${name} » ${act}${messages}.`;
}

/** @param {number} count */
export function deletedSentence(count) {
  return isPlural(count) ? `${number(count)} courriels ${DELETED[1]}.` : `Courriel ${DELETED[0]}.`;
}

/** @param {number} count */
export function goneSentence(count) {
  return isPlural(count)
    ? "Ces courriels n’étaient plus là."
    : "Ce courriel n’était plus là : un autre logiciel l’avait déplacé ou supprimé.";
}

/**
 * How far an act on a whole list is.
 * @param {{act: string, state: string, done: number, total: number, final?: boolean, wait?: number,
 *   reason?: string}} bulk
 */
export function bulkSentence(bulk) {
  const participle = agree(bulk.done, ...(bulk.final ? DELETED : PARTICIPLES[bulk.act]));
  const messages = counted(bulk.done, "courriel");
  if (bulk.state === "failed") return `Arrêté après ${messages} sur ${number(bulk.total)}. ${bulk.reason}`;
  if (bulk.state === "undone") return "Annulé.";
  if (bulk.state === "done") return `${messages} ${participle}.${bulk.reason ?? ""}`;
  if (bulk.final && bulk.wait) {
    const willGo = agree(bulk.total, "sera supprimé", "seront supprimés");
    return `${counted(bulk.total, "courriel")} ${willGo} dans ${bulk.wait} s.`;
  }
  return `${messages} ${participle} sur ${number(bulk.total)}…`;
}
