import assert from "node:assert/strict";
import { test } from "node:test";
import { agree, counted, isPlural, number } from "../src/ui/french.js";

test("the plural begins at two", () => {
  assert.deepEqual([0, 1, 1.5, -1, 2, -2, 1000].map(isPlural), [
    false,
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
});

test("words agree with their count", () => {
  assert.equal(agree(1, "lu"), "lu");
  assert.equal(agree(2, "lu"), "lus");
  assert.equal(agree(2, "remis où il était", "remis où ils étaient"), "remis où ils étaient");
  assert.equal(agree(0, "mis à la corbeille", "mis à la corbeille"), "mis à la corbeille");
});

test("a count is written with what it counts", () => {
  assert.equal(counted(0, "courriel"), "0 courriel");
  assert.equal(counted(1, "courriel"), "1 courriel");
  assert.equal(counted(2, "courriel"), "2 courriels");
  assert.equal(counted(3, "nouveau courriel", "nouveaux courriels"), "3 nouveaux courriels");
});

test("thousands stand apart, by a space that does not break", () => {
  assert.equal(number(1234567), "1\u202f234\u202f567");
});
