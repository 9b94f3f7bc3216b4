// No-break spaces before « : », « ; », « ? », « ! » and inside quotes, in the sentences of the scripts: authors type
// plain spaces, as in templates (`foundation/ui/typography.py`); the build replaces them in strings, nowhere else.
import { readFile } from "node:fs/promises";
import { parse } from "acorn";

const PUNCTUATION_SPACE = /(?<=«) | (?=[:»](?![\p{L}\p{N}_/:]))|( )(?=[;?!](?![\p{L}\p{N}_/]))/gu;
const SENTENCES = new Set(["string", "template"]);

/** @param {string} text */
function withNoBreakSpaces(text) {
  return text.replace(PUNCTUATION_SPACE, (_, /** @type {string | undefined} */ narrow) =>
    narrow ? "\u202f" : "\u00a0",
  );
}

/**
 * The source of a module, its strings with no-break spaces.
 * @param {string} source
 */
export function typeset(source) {
  /** @type {string[]} */
  const pieces = [];
  let end = 0;
  parse(source, {
    ecmaVersion: "latest",
    sourceType: "module",
    onToken(token) {
      if (!SENTENCES.has(token.type.label)) return;
      pieces.push(source.slice(end, token.start), withNoBreakSpaces(source.slice(token.start, token.end)));
      end = token.end;
    },
  });
  return [...pieces, source.slice(end)].join("");
}

// For esbuild: our own scripts, not the libraries.
export const typography = {
  name: "typography",
  /** @param {import("esbuild").PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: /[\\/]frontend[\\/]src[\\/].*\.js$/ }, async ({ path }) => ({
      contents: typeset(await readFile(path, "utf8")),
      loader: "js",
    }));
  },
};
