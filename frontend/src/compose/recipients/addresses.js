// Addresses as people write and paste them: separated, read, written again, judged.

const ADDRESS = /^[^\s@<>",;:()[\]\\]+@[^\s@<>",;:()[\]\\.]+(\.[^\s@<>",;:()[\]\\.]+)+$/;
const ITEM = /(?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^,;])+/g;

/**
 * @typedef {{name: string, address: string}} Person the address is what was typed when it is none
 */

/**
 * The addresses of a text, one by one, as they were typed.
 * @param {string} text
 */
export function items(text) {
  return (text.match(ITEM) || []).map((item) => item.trim()).filter(Boolean);
}

/**
 * @param {string} item
 * @returns {Person}
 */
export function read(item) {
  const inside = item.match(/^([\s\S]*?)<([^<>]*)>\s*$/);
  if (!inside) return { name: "", address: item.trim() };
  let name = inside[1].trim();
  if (/^"[\s\S]*"$/.test(name)) name = name.slice(1, -1).replace(/\\(.)/g, "$1");
  return { name: name.trim(), address: inside[2].trim() };
}

/** @param {Person} person */
export function formatAddress({ name, address }) {
  if (!name || name === address) return address;
  return /[",;<>()@:\\]/.test(name)
    ? `"${name.replace(/["\\]/g, "\\$&")}" <${address}>`
    : `${name} <${address}>`;
}

/** @param {string} address */
export function isAddress(address) {
  const [local] = address.split("@");
  return address.length < 255 && ADDRESS.test(address) && !/^\.|\.\.|\.$/.test(local);
}

/**
 * It stands for the pupils or the families of a class: shown by its name, never by its address.
 * @param {string} address
 */
export function isClass(address) {
  return address.toLowerCase().endsWith("@rosters.invalid");
}

/**
 * A quotation mark or an angle bracket still open: what follows belongs to it.
 * @param {string} text
 */
export function isOpen(text) {
  const bare = text.replace(/\\./g, "");
  return (bare.match(/"/g) || []).length % 2 === 1 || bare.lastIndexOf("<") > bare.lastIndexOf(">");
}

/**
 * A row of a spreadsheet: the cells that hold an address; without any, the row as one name.
 * @param {string} row
 */
function peopleOfRow(row) {
  const cells = row
    .split("\t")
    .map((cell) => cell.trim())
    .filter(Boolean);
  const addressed = cells.filter((cell) => cell.includes("@"));
  return addressed.length ? addressed : [cells.join(" ")];
}

/**
 * Cells of a spreadsheet, a line of another program: « Nom, Prénom <a@b> » is one person, not two.
 * @param {string} text
 * @returns {Person[]}
 */
export function parsePasted(text) {
  /** @type {Person[]} */
  const people = [];
  let before = "";
  for (const line of text.split(/[\r\n]+/).flatMap(peopleOfRow)) {
    for (const item of items(line.replace(/\bmailto:/gi, ""))) {
      const person = read(item);
      if (!person.address.includes("@") && !item.includes("<")) {
        before = before ? `${before}, ${item}` : item;
        continue;
      }
      const several = !person.name && person.address.split(/\s+/);
      if (several && several.length > 1 && several.every((word) => word.includes("@"))) {
        people.push(...several.map((address) => ({ name: "", address })));
      } else people.push({ name: [before, person.name].filter(Boolean).join(", "), address: person.address });
      before = "";
    }
    if (before) {
      people.push({ name: "", address: before });
      before = "";
    }
  }
  return people;
}
