import assert from "node:assert/strict";
import { test } from "node:test";
import { folderMenu } from "../src/webmail/folders/folder_menu.js";

const acts = { visit: () => {}, markAllRead: () => {}, subscribe: () => {}, do: () => {} };
const words = (dataset) => folderMenu({ dataset: { total: "0", ...dataset } }, acts).map((item) => item?.[0]);

test("only a folder of one’s own is renamed, put elsewhere, hidden or deleted", () => {
  const own = ["Renommer…", "Ranger dans…", "Cacher dans les autres logiciels", "Supprimer le dossier"];
  const shown = words({ use: "other", wanted: "oui" });
  for (const item of own) assert.ok(shown.includes(item), item);
  for (const use of ["inbox", "sent", "trash", "drafts", "all"])
    assert.deepEqual(
      words({ use, wanted: "oui" }).filter((item) => own.includes(item)),
      [],
    );
});

test("a folder that other programs do not show is offered to them", () => {
  assert.ok(words({ use: "other", wanted: "" }).includes("Montrer dans les autres logiciels"));
});

test("the inbox is never emptied whole, the trash is, with the number that goes", () => {
  assert.deepEqual(
    words({ use: "inbox" }).filter((item) => item?.startsWith("Vider")),
    [],
  );
  assert.ok(words({ use: "trash", total: "1200" }).at(-1).startsWith("Vider (1"));
});
