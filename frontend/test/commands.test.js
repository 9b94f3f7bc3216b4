import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { runCommand, runOnWhole } from "../src/webmail/page/commands.js";

let done, app;

beforeEach(() => {
  done = [];
  const heard =
    (name) =>
    (...what) =>
      done.push([name, ...what]);
  globalThis.document = {
    // what is loaded on use: a module that does nothing
    documentElement: {
      dataset: { icons: "data:text/javascript,export const open = () => {};//ui/icons.svg" },
    },
    querySelector: () => ({
      dataset: {},
      showModal: heard("folders"),
      querySelector: () => ({ value: "" }),
    }),
  };
  app = {
    act: heard("act"),
    list: { whole: false },
    section: { dataset: {} },
    labels: { open: heard("labels"), openForWhole: heard("labels of all") },
    reminders: { open: heard("remind"), openForWhole: heard("remind of all") },
    selection: { clear: heard("unselect") },
    actions: { whole: heard("whole") },
  };
});

test("what is no command of the page is an act on the messages", () => {
  runCommand(app, "archive", ["a"]);
  runCommand(app, "toString", ["a"]);
  assert.deepEqual(done, [
    ["act", "archive", ["a"]],
    ["act", "toString", ["a"]],
  ]);
});

test("an answer is waited for on one message, whatever is selected", () => {
  runCommand(app, "ask-answer", ["a", "b"]);
  assert.deepEqual(done, [["remind", ["a"], true]]);
});

test("a move without a message opens nothing", () => {
  runCommand(app, "ask-move", []);
  assert.deepEqual(done, []);
  runCommand(app, "ask-move", ["a"]);
  assert.deepEqual(done, [["folders"]]);
});

test("on everything the list shows, what asks for more asks, the rest is given to the worker", () => {
  for (const name of ["ask-labels", "ask-remind", "ask-move"]) runOnWhole(app, name);
  assert.deepEqual(done, [["labels of all"], ["remind of all"], ["folders"]]);
  done.length = 0;
  runOnWhole(app, "move", "Archives");
  assert.deepEqual(done, [["unselect"], ["whole", "move", { to: "Archives" }]]);
});
