import assert from "node:assert/strict";
import { test } from "node:test";
import { personSuggestions, recentSuggestions } from "../src/webmail/search/suggestions.js";

test("searches made lately are found again whatever the accents, but not the one typed", () => {
  const searches = ["Élèves 6e", "eleves absents", "rentrée"];
  assert.deepEqual(
    recentSuggestions(searches, "élève").map(({ go }) => go),
    ["Élèves 6e", "eleves absents"],
  );
  assert.deepEqual(recentSuggestions(searches, " rentrée "), []);
});

test("a person goes where the word was typed, with a space to go on; one without an address is left out", () => {
  const people = [
    { name: "Marie Rossi", address: "marie.rossi@ac-corse.fr" },
    { name: "Sans adresse", address: "" },
    { name: "", address: "rectorat@ac-corse.fr" },
  ];
  const suggestions = personSuggestions(people, "budget de:");
  assert.deepEqual(
    suggestions.map(({ words, put }) => [words, put]),
    [
      ["Marie Rossi", "budget de:marie.rossi@ac-corse.fr "],
      ["rectorat@ac-corse.fr", "budget de:rectorat@ac-corse.fr "],
    ],
  );
});
