import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatAddress,
  isAddress,
  isOpen,
  items,
  parsePasted,
  read,
} from "../src/compose/recipients/addresses.js";

test("addresses are separated by commas and semicolons, not those of a name", () => {
  assert.deepEqual(items('"Dupont, Anne" <a@b.fr>; c@d.fr,'), ['"Dupont, Anne" <a@b.fr>', "c@d.fr"]);
});

test("what is read is written again the same", () => {
  for (const item of ["a@b.fr", "Anne Dupont <a@b.fr>", '"Dupont, Anne" <a@b.fr>']) {
    assert.equal(formatAddress(read(item)), item);
  }
});

test("an address is judged as mail servers do", () => {
  for (const good of ["a@b.fr", "prenom.nom@ac-amiens.fr", "x+y@z.example"]) assert.ok(isAddress(good), good);
  for (const bad of [
    "a",
    "a@b",
    "a@b.",
    ".a@b.fr",
    "a..b@c.fr",
    "a.@b.fr",
    "a b@c.fr",
    `${"a".repeat(255)}@b.fr`,
  ]) {
    assert.ok(!isAddress(bad), bad);
  }
});

test("a name still in its quotation marks or brackets goes on", () => {
  assert.ok(isOpen('"Dupont'));
  assert.ok(isOpen("Anne <a@b"));
  assert.ok(!isOpen("Anne <a@b.fr>"));
});

test("a row of a spreadsheet is pasted as its addresses, or as the one person it names", () => {
  assert.deepEqual(
    parsePasted("Magnier\tClaire\ta@b.fr\r\nBouzid\tRachid\t\n4e B\tc@d.fr\tMme Roux <e@f.fr>"),
    [
      { name: "", address: "a@b.fr" },
      { name: "", address: "Bouzid Rachid" },
      { name: "", address: "c@d.fr" },
      { name: "Mme Roux", address: "e@f.fr" },
    ],
  );
});

test("a column of a spreadsheet is pasted as people", () => {
  assert.deepEqual(parsePasted("Dupont, Anne <a@b.fr>\nc@d.fr e@f.fr\tmailto:g@h.fr"), [
    { name: "Dupont, Anne", address: "a@b.fr" },
    { name: "", address: "c@d.fr" },
    { name: "", address: "e@f.fr" },
    { name: "", address: "g@h.fr" },
  ]);
});
