// Bundles the page scripts: `npm run build` writes the committed files, `npm run check` compares with them.
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { build } from "esbuild";
import { typography } from "./typography.mjs";

const bundles = [
  { from: "src/ui/main.js", to: "../src/vaguemestre/foundation/ui/static/ui/ui.js", format: "iife" },
  {
    from: "src/compose/dock.js",
    to: "../src/vaguemestre/mailbox/compose/static/compose/dock.js",
    format: "iife",
  },
  {
    from: "src/compose/composer.js",
    to: "../src/vaguemestre/mailbox/compose/static/compose/composer.js",
    format: "iife",
  },
  {
    from: "src/compose/rich_form.js",
    to: "../src/vaguemestre/mailbox/compose/static/compose/texts.js",
    format: "iife",
  },
  {
    from: "src/webmail/main.js",
    to: "../src/vaguemestre/mailbox/webmail/static/webmail/webmail.js",
    format: "esm",
  },
  // Loaded when first used.
  ...[
    "all_boxes",
    "arrivals",
    "box_care",
    "folder_choice",
    "folder_tools",
    "label_form",
    "live_search",
    "menus",
    "notes",
    "preview",
    "row_actions",
    "unfold",
  ].map((name) => ({
    from: `src/webmail/on_use/${name}.js`,
    to: `../src/vaguemestre/mailbox/webmail/static/webmail/on_use/${name}.js`,
    format: "esm",
  })),
  {
    from: "src/message/main.js",
    to: "../src/vaguemestre/mailbox/webmail/static/webmail/message.js",
    format: "esm",
  },
  {
    from: "src/message/pdf.js",
    to: "../src/vaguemestre/mailbox/webmail/static/webmail/pdf.js",
    format: "iife",
  },
];

// Libraries that pages load as they are published.
const copies = [
  {
    from: "node_modules/htmx.org/dist/htmx.min.js",
    to: "../src/vaguemestre/foundation/ui/static/ui/htmx.min.js",
  },
];

async function keep(contents, to) {
  if (!process.argv.includes("--check")) {
    await writeFile(to, contents);
    console.log(`${to}: ${contents.length} bytes`);
    return;
  }
  const committed = await readFile(to);
  if (!committed.equals(Buffer.from(contents))) {
    console.error(`${to} is not what the sources give: run npm run build`);
    process.exitCode = 1;
  }
}

for (const { from, to } of copies) {
  await keep(await readFile(from), to);
}

for (const { from, to, format } of bundles) {
  const made = await build({
    entryPoints: [from],
    bundle: true,
    minify: true,
    format,
    target: ["chrome109", "firefox115", "safari16"],
    legalComments: "eof",
    charset: "utf8",
    plugins: [typography],
    write: false,
  });
  const [{ contents }] = made.outputFiles;
  await keep(contents, to);
}
