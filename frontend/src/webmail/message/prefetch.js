// What makes a message open sooner: it is asked for from the press on its row, and a process is ready for its text.
import { create } from "../../ui/dom.js";
import { fetchFragment } from "../../ui/http.js";

const WALL = "allow-popups allow-popups-to-escape-sandbox"; // as the frame of a message says it
const LATER = 400; // milliseconds once the page is idle: a process begun beside the first rows delays them
const HELD = 1000; // milliseconds: pressed for longer, the answer is too old

export class Prefetch {
  /** @param {MailApp} app */
  constructor(app) {
    const settled = window.requestIdleCallback ?? ((then) => setTimeout(then, 200));
    const ready = () => {
      keepWarm(app);
      app.bodyFrame.wait();
    };
    settled(() => setTimeout(ready, LATER));
  }

  /** @param {string} url */
  ask(url) {
    const html = text(url);
    html.catch(() => {}); // told to whoever opens the message
    this.asked = { url, at: performance.now(), html };
  }

  /**
   * The HTML asked for ahead, else asked for now.
   * @param {string} url
   */
  take(url) {
    const { asked } = this;
    this.asked = null;
    return asked?.url === url && performance.now() - asked.at < HELD ? asked.html : text(url);
  }
}

/** @param {string} url */
async function text(url) {
  return (await fetchFragment(url)).text();
}

// Browsers give texts behind the wall a process of their own, and end it with the last frame that needs it. An empty
// frame behind the same wall keeps it, where nobody takes it for a frame of the page.
/** @param {MailApp} app */
function keepWarm(app) {
  const place = create("div");
  place.hidden = true;
  const frame = create("iframe");
  frame.setAttribute("sandbox", WALL);
  frame.srcdoc = "<!doctype html>";
  place.attachShadow({ mode: "closed" }).append(frame);
  app.append(place);
}
