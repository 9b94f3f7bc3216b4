// Addresses as people write and paste them: separated, read, written again, judged.

const ADDRESS = /^[^\s@<>",;:()[\]\\]+@[^\s@<>",;:()[\]\\.]+(\.[^\s@<>",;:()[\]\\.]+)+$/;
const ITEM = /(?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^,;])+/g;

export function items(text) {
  return (text.match(ITEM) || []).map((item) => item.trim()).filter(Boolean);
}

// {name, address} of one item; the address is what was typed when it is none.
export function read(item) {
  const inside = item.match(/^([\s\S]*?)<([^<>]*)>\s*$/);
  if (!inside) return { name: "", address: item.trim() };
  let name = inside[1].trim();
  if (/^"[\s\S]*"$/.test(name)) name = name.slice(1, -1).replace(/\\(.)/g, "$1");
  return { name: name.trim(), address: inside[2].trim() };
}

export function written({ name, address }) {
  if (!name || name === address) return address;
  return /[",;<>()@:\\]/.test(name)
    ? `"${name.replace(/["\\]/g, "\\$&")}" <${address}>`
    : `${name} <${address}>`;
}

export function isAddress(address) {
  const [local] = address.split("@");
  return address.length < 255 && ADDRESS.test(address) && !/^\.|\.\.|\.$/.test(local);
}

// It stands for the pupils or the families of a class: shown by its name, never by its address.
export function isClass(address) {
  return address.toLowerCase().endsWith("@classes.invalid");
}

// A quotation mark or an angle bracket still open: what follows belongs to it.
export function isOpen(text) {
  const bare = text.replace(/\\./g, "");
  return (bare.match(/"/g) || []).length % 2 === 1 || bare.lastIndexOf("<") > bare.lastIndexOf(">");
}

// A column of a spreadsheet, a line of another program: « Nom, Prénom <a@b> » is one person, not two.
export function pasted(text) {
  const found = [];
  let before = "";
  for (const line of text.split(/[\r\n\t]+/)) {
    for (const item of items(line.replace(/\bmailto:/gi, ""))) {
      const one = read(item);
      if (!one.address.includes("@") && !item.includes("<")) {
        before = before ? `${before}, ${item}` : item;
        continue;
      }
      const several = !one.name && one.address.split(/\s+/);
      if (several && several.length > 1 && several.every((word) => word.includes("@"))) {
        found.push(...several.map((address) => ({ name: "", address })));
      } else found.push({ name: [before, one.name].filter(Boolean).join(", "), address: one.address });
      before = "";
    }
    if (before) {
      found.push({ name: "", address: before });
      before = "";
    }
  }
  return found;
}
