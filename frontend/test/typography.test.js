import assert from "node:assert/strict";
import { test } from "node:test";
import { typeset } from "../typography.mjs";

const NAME = ["$", "{name}"].join(""); // what a template fills in

test("high punctuation stays with the word before it, in strings and templates", () => {
  assert.equal(typeset('tell("Oui ? Non !");'), 'tell("Oui\u202f? Non\u202f!");');
  assert.equal(
    typeset(`tell(\`Déplacé vers « ${NAME} » : ${NAME} ;\`);`),
    `tell(\`Déplacé vers «\u00a0${NAME}\u00a0»\u00a0: ${NAME}\u202f;\`);`,
  );
});

test("code, selectors, addresses and comments are left", () => {
  const source = [
    "// Qui ? « moi »",
    'const a = b ? "li :not(.x), a ::before" : /x ? y : z/u;',
    `fetch("https://ac.test/?q=a;b"); \`${NAME}10:30\`;`,
  ].join("\n");
  assert.equal(typeset(source), source);
});
