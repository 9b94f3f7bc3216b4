import assert from "node:assert/strict";
import { test } from "node:test";
import { itemsBetween, nearestLeft, nextAround } from "../src/webmail/list/selection.js";

const ROWS = ["a", "b", "c", "d", "e"];

test("between two rows everything is chosen, in either direction", () => {
  assert.deepEqual(itemsBetween(ROWS, "b", "d"), ["b", "c", "d"]);
  assert.deepEqual(itemsBetween(ROWS, "d", "b"), ["b", "c", "d"]);
  assert.deepEqual(itemsBetween(ROWS, "c", "c"), ["c"]);
});

test("a start that has left counts as the first row", () => {
  assert.deepEqual(itemsBetween(ROWS, "gone", "b"), ["a", "b"]);
});

test("after some have left, the next below is read, else the nearest above", () => {
  const without =
    (...gone) =>
    (row) =>
      gone.includes(row);
  assert.equal(nearestLeft(ROWS, "b", without("b")), "c");
  assert.equal(nearestLeft(ROWS, "b", without("b", "c")), "d");
  assert.equal(nearestLeft(ROWS, "d", without("d", "e")), "c");
  assert.equal(nearestLeft(ROWS, "e", without("e")), "d");
  assert.equal(nearestLeft(ROWS, "a", without(...ROWS)), null);
});

test("the next unread is looked for below, then from the top, the row itself last", () => {
  const unread =
    (...rows) =>
    (row) =>
      rows.includes(row);
  assert.equal(nextAround(ROWS, "b", unread("a", "d")), "d");
  assert.equal(nextAround(ROWS, "d", unread("a")), "a");
  assert.equal(nextAround(ROWS, "d", unread("d")), "d");
  assert.equal(nextAround(ROWS, "d", unread()), null);
});
