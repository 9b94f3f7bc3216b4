// The picker of dates is served as it is, without a bundle: its script is run here beside stand-ins of the browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const SCRIPT = new URL("../../src/vaguemestre/foundation/ui/static/ui/date-field.js", import.meta.url);
const browser = { customElements: { define() {} }, HTMLElement: class {} };
runInNewContext(await readFile(SCRIPT, "utf8"), browser);
const { isoOf } = browser;

test("a date as French writes it opens the picker on that day", () => {
  assert.equal(isoOf("05/09/2026"), "2026-09-05");
  assert.equal(isoOf("5/9/2026"), "2026-09-05");
  assert.equal(isoOf(" 5 - 9 - 2026 "), "2026-09-05");
});

test("an ISO date stays what it is", () => {
  assert.equal(isoOf("2026-09-05"), "2026-09-05");
});

test("what is no date opens the picker on today", () => {
  for (const typed of ["", "demain", "09/2026", "1/2/3/4"]) assert.equal(isoOf(typed), "");
});
