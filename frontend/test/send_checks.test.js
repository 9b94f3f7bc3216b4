import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SendChecks } from "../src/compose/departure/send_checks.js";

let fields, words, files, asked, sent, form, mailings;

function field(...people) {
  return {
    people: people.map((person) => (typeof person === "string" ? { name: "", address: person } : person)),
    isRight: true,
    said: "",
    focused: 0,
    commit() {
      return this.isRight;
    },
    say(sentence) {
      this.said = sentence;
    },
    get input() {
      return { focus: () => (this.focused += 1) };
    },
    put(more) {
      this.people.push(...more);
    },
    set value(text) {
      this.people = text ? [{ name: "", address: text }] : [];
    },
  };
}

function checks() {
  return new SendChecks(form, {
    recipients: fields,
    attachments: files,
    editor: { ownWords: () => words },
    ask: (kind, sentence, controls) => asked.push({ kind, sentence, controls }),
    button: (label, act) => ({ label, act }),
    say: (sentence) => asked.push({ kind: "said", sentence }),
    send: (how) => sent.push(how),
    onHidden() {},
    onMailing: () => (mailings += 1),
  });
}

const wanted = (...sure) => ({ later: "", now: false, sure: new Set(sure) });
const many = (count) => Array.from({ length: count }, (_, place) => `p${place}@example.test`);

beforeEach(() => {
  fields = [field("a@example.test"), field(), field()];
  words = "Bonjour";
  files = { isBusy: false, count: 0 };
  asked = [];
  sent = [];
  mailings = 0;
  form = {
    dataset: { mode: "new", author: "author@example.test" },
    elements: { subject: { value: "Réunion" } },
  };
});

test("a message to somebody, with nothing wrong, leaves without a question", () => {
  assert.equal(checks().check(wanted()), true);
  assert.deepEqual(asked, []);
});

test("without anybody to write to, the first field says so and has the focus", () => {
  fields = [field(), field(), field()];
  assert.equal(checks().check(wanted()), false);
  assert.equal(fields[0].said, "Indiquez au moins un destinataire.");
  assert.equal(fields[0].focused, 1);
});

test("a wrong address keeps the message, and its field has the focus", () => {
  fields[1].isRight = false;
  assert.equal(checks().check(wanted()), false);
  assert.deepEqual(
    fields.map(({ focused }) => focused),
    [0, 1, 0],
  );
});

test("a file still on its way keeps the message", () => {
  files.isBusy = true;
  assert.equal(checks().check(wanted()), false);
  assert.match(asked[0].sentence, /en cours d’envoi/u);
});

test("a promised file that is not there is asked about once", () => {
  words = "Veuillez trouver ci-joint le formulaire.";
  assert.equal(checks().check(wanted()), false);
  assert.equal(asked[0].kind, "forgotten");
  asked[0].controls.at(-1).act();
  assert.deepEqual([...sent[0].sure], ["forgotten"]);
  assert.equal(checks().check(sent[0]), true);
  files.count = 1;
  assert.equal(checks().check(wanted()), true);
});

test("of a mail for later, the answers say that it is scheduled, not sent", () => {
  const labels = () => asked.map(({ controls }) => controls.at(-1).label);
  const later = { later: "monday", now: false, sure: new Set() };
  words = "Veuillez trouver ci-joint le formulaire.";
  checks().check(later);
  assert.deepEqual(labels(), ["Programmer sans"]);
  words = "Bonjour {prénom}";
  checks().check(later);
  assert.equal(labels().at(-1), "Programmer ainsi");
  fields = [field(...many(31)), field(), field()];
  checks().check(later);
  assert.equal(labels().at(-1), "Programmer ainsi");
  checks().check(wanted());
  assert.equal(labels().at(-1), "Envoyer ainsi");
});

test("words that only look like a promised file are not asked about", () => {
  for (const text of ["Le point joint au précédent", "Je vous rejoins demain", "L’école annexe ferme"]) {
    words = text;
    assert.equal(checks().check(wanted()), true, text);
  }
});

test("thirty people may see one another; with one more, hiding them is proposed", () => {
  fields = [field(...many(30)), field(), field()];
  assert.equal(checks().check(wanted()), true);
  fields = [field(...many(20)), field(...many(11)), field()];
  assert.equal(checks().check(wanted()), false);
  assert.equal(asked[0].kind, "many");
  asked[0].controls[0].act();
  assert.deepEqual(
    fields.map(({ people }) => people.length),
    [0, 0, 31],
  );
});

test("words in braces that only a mailing fills in are asked about, in the text and the subject", () => {
  words = "Bonjour {prénom}, à bientôt {prénom}.";
  form.elements.subject.value = "Réunion { classe }";
  assert.equal(checks().check(wanted()), false);
  assert.equal(asked[0].sentence, "{classe} et {prénom} restent à remplir : chacun le lirait ainsi.");
  asked[0].controls[0].act();
  assert.equal(mailings, 1);
  asked[0].controls.at(-1).act();
  assert.equal(checks().check(sent[0]), true);
});

test("braces of a set or of a program are not asked about, nor what a class is written", () => {
  for (const text of ["A = {1, 2, 3}", "while (true) { n += 1; }", "{}", "{ab}", "\\frac{1}{2}"]) {
    words = text;
    assert.equal(checks().check(wanted()), true, text);
  }
  words = "Bonjour {eleve}";
  fields[0] = field("class-7@rosters.invalid");
  assert.equal(checks().check(wanted()), true);
});

test("an answer to all that a list would carry can go to its author alone", () => {
  form.dataset.mode = "reply-all";
  form.dataset.list = "Professeurs";
  fields = [field("a@example.test"), field("list@example.test"), field()];
  assert.equal(checks().check(wanted()), false);
  assert.equal(asked[0].kind, "list");
  asked[0].controls[0].act();
  assert.deepEqual(
    fields.map(({ people }) => people.map(({ address }) => address)),
    [["author@example.test"], [], []],
  );
  assert.equal(form.dataset.mode, "reply");
});

test("a distribution list says how many it reaches when they are many", () => {
  const group = (count) => ({
    name: "Tous",
    address: "tous@example.test",
    distribution_list: { count, words: `${count} personnes` },
  });
  fields[0] = field(group(30));
  assert.equal(checks().check(wanted()), true);
  fields[0] = field(group(31));
  assert.equal(checks().check(wanted()), false);
  assert.equal(asked[0].sentence, "Tous : 31 personnes");
  assert.equal(checks().check(wanted("distribution_list")), true);
});

test("the hour chosen stays with the answer to a question", () => {
  words = "Ci-joint le plan";
  checks().check({ ...wanted(), later: "12/09/2026 08:00" });
  asked[0].controls.at(-1).act();
  assert.equal(sent[0].later, "12/09/2026 08:00");
});
