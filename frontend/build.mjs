// Bundles the composer: `npm run build` writes the committed file, `npm run check` compares with it.
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { build } from "esbuild";

const target = "../src/vaguemestre/writing/static/writing/composer.js";
const made = await build({
  entryPoints: ["src/composer.js"],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome109", "firefox115", "safari16"],
  legalComments: "eof",
  charset: "utf8",
  write: false,
});
const [{ contents }] = made.outputFiles;
if (process.argv.includes("--check")) {
  const committed = await readFile(target);
  if (!committed.equals(Buffer.from(contents))) {
    console.error(`${target} is not what the sources give: run npm run build`);
    process.exit(1);
  }
} else {
  await writeFile(target, contents);
  console.log(`${target}: ${contents.length} bytes`);
}
