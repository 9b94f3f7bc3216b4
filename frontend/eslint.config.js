// Rules for the page scripts. Run from the root of the project (see `npm run lint`), so that the scripts served
// unbundled under src/vaguemestre/*/static are read too.
import js from "@eslint/js";
import globals from "globals";

const BUNDLES = [
  "foundation/ui/static/ui/ui",
  "foundation/ui/static/ui/htmx.min",
  "mailbox/webmail/static/webmail/message",
  "mailbox/webmail/static/webmail/pdf",
  "mailbox/webmail/static/webmail/webmail",
  "mailbox/compose/static/compose/composer",
  "mailbox/compose/static/compose/dock",
  "mailbox/compose/static/compose/texts",
];

export default [
  {
    ignores: [
      ...BUNDLES.map((name) => `src/vaguemestre/${name}.js`),
      "**/static/webmail/on_use/",
      "**/node_modules/",
    ],
  },
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    rules: {
      "array-callback-return": "error",
      complexity: ["error", { max: 18, variant: "modified" }],
      "consistent-this": "error",
      "default-case-last": "error",
      eqeqeq: "error",
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 5],
      "no-alert": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-script-url": "error",
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-template-curly-in-string": "error",
      "no-throw-literal": "error",
      "no-unused-expressions": "error",
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-useless-return": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
      radix: "error",
    },
  },
  {
    files: ["frontend/src/**"],
    languageOptions: { globals: globals.browser },
    // a name says what it holds; coordinates are those of the DOM, and two of a kind are compared
    rules: { "id-length": ["error", { properties: "never", exceptions: ["_", "x", "y", "a", "b"] }] },
  },
  {
    files: ["frontend/*.{js,mjs}", "frontend/test/**"],
    languageOptions: { globals: globals.node },
  },
  {
    files: ["src/vaguemestre/**"],
    languageOptions: { globals: globals.browser, sourceType: "script" },
  },
];
