import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Window } from "happy-dom";
import { forgetEverybody, forgetOthers } from "../src/ui/personal_storage.js";

const OWN = ["vm:compose:17.3:b", "vm:compose:17:a", "vm:moves:17"];
const storage = new Window({ url: "http://localhost/" }).localStorage;
const keys = () => Object.keys(storage).sort();

beforeEach(() => {
  storage.clear();
  for (const key of [...OWN, "vm:moves:171", "vm:compose:8:c", "vaguemestre.moves", "vaguemestre.panes"])
    storage.setItem(key, "x");
});

test("nothing of anybody is left at sign-out but what is the device's", () => {
  forgetEverybody(storage);
  assert.deepEqual(keys(), ["vaguemestre.panes"]);
});

test("whoever signs in finds nothing of anybody else", () => {
  forgetOthers(storage, "17");
  assert.deepEqual(keys(), ["vaguemestre.panes", ...OWN].sort());
});

test("while nobody is signed in, texts not yet saved wait for their author and folders do not", () => {
  forgetOthers(storage, "");
  assert.deepEqual(keys(), ["vaguemestre.panes", "vm:compose:17.3:b", "vm:compose:17:a", "vm:compose:8:c"]);
});
