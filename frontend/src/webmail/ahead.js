// A message is asked for from the press on its row, its pane and its text at once: by the time the button is let go,
// both are often there.
import { piece } from "./net.js";

const WALL = "allow-popups allow-popups-to-escape-sandbox"; // as the frame of a message says it
const HELD = 1000; // milliseconds: pressed for longer, the answer is too old
const canMove = "moveBefore" in Element.prototype; // without it a frame that is moved begins anew

export class Ahead {
  constructor(app) {
    this.app = app;
    this.asked = null;
    const settled = window.requestIdleCallback ?? ((then) => setTimeout(then, 200));
    settled(() => this.#keepWarm());
  }

  ask(url) {
    this.asked?.frame?.remove();
    const answer = piece(url);
    answer.catch(() => {}); // told to whoever opens the message
    this.asked = { url, at: performance.now(), answer, frame: this.#textOf(url) };
  }

  // What was asked for ahead, else what is asked for now.
  of(url) {
    if (this.asked?.url !== url || performance.now() - this.asked.at > HELD) this.ask(url);
    const { asked } = this;
    this.asked = null;
    return asked;
  }

  // The pane in its place, around the frame that already holds its text.
  show(place, html, { frame }) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const meant = template.content.querySelector("iframe.body");
    if (!frame || meant?.getAttribute("src") !== frame.getAttribute("src")) {
      frame?.remove();
      place.replaceChildren(template.content);
      return;
    }
    const spot = document.createElement("i");
    meant.replaceWith(spot);
    place.replaceChildren(template.content);
    frame.className = meant.className;
    frame.title = meant.title;
    frame.hidden = false;
    spot.parentNode.moveBefore(frame, spot);
    spot.remove();
  }

  #textOf(url) {
    const { pathname, search } = new URL(url);
    if (!canMove || search) return null; // with a search, the server says which words are marked
    const frame = this.#frame();
    frame.referrerPolicy = "no-referrer";
    frame.src = `${pathname}corps/`;
    this.app.append(frame);
    return frame;
  }

  // Browsers give texts behind the wall a process of their own, and end it with the last frame that needs it. An
  // empty frame behind the same wall keeps it.
  #keepWarm() {
    const frame = this.#frame();
    frame.srcdoc = "<!doctype html>";
    this.app.append(frame);
  }

  #frame() {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", WALL);
    frame.hidden = true;
    return frame;
  }
}
