// The page of a search.
import { page } from "../../ui/http.js";

const PATIENCE = 400; // milliseconds after which the latest found are shown before the others

/**
 * A page; of a search that takes its time, first what it finds among recent messages: `rest` is then all of it.
 * @param {URL} to
 * @returns {Promise<{first: Document, rest?: Promise<Document>}>}
 */
export async function firstResultsOf(to) {
  let all = null;
  const whole = read(to.href).then((answer) => {
    all = answer;
    return answer;
  });
  if (!to.searchParams.get("q") || to.searchParams.has("tri") || to.searchParams.has("sens"))
    return { first: await whole };
  const recent = new URL(to.href);
  recent.searchParams.set("recent", "1");
  /** @type {number | undefined} */
  let timer;
  const soon = new Promise((go) => {
    timer = setTimeout(go, PATIENCE);
  })
    .then(() => read(recent.href))
    .then((answer) => (answer.querySelector("#messages li.row") ? answer : whole));
  soon.catch(() => {}); // the whole answers for both
  const first = await Promise.race([whole, soon.catch(() => whole)]).finally(() => clearTimeout(timer));
  return first === all ? { first } : { first, rest: whole };
}

/** @param {string} address */
async function read(address) {
  return new DOMParser().parseFromString(await (await page(address)).text(), "text/html");
}
