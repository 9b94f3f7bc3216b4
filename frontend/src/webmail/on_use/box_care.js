// <box-care src="…" data-message="…" data-root="…">: presence, assignment and notes of members on a message of a shared mailbox.
// The mailbox's stream says when to ask again; while it is cut, the clock does.
import { find, load } from "../../ui/dom.js";
import { IN_BACKGROUND, csrf } from "../../ui/http.js";

const PRESENCE_MS = 60_000; // somebody who reads says so again that often
const CUT_MS = 5000; // between two questions while the stream is cut

customElements.define(
  "box-care",
  class extends HTMLElement {
    connectedCallback() {
      /** @type {number} */
      this.lastAskedAt = 0;
      this.isActing = false; // the answer to an act of the reader is awaited
      this.hasMissedNews = false; // meanwhile
      /** @type {symbol | undefined} the question awaited; an answer to another comes too late */
      this.question = undefined;
      this.addEventListener("submit", (event) => this.act(event));
      this.ask();
      this.ends = new AbortController();
      const { signal } = this.ends;
      document.addEventListener("vm:members-changed", () => this.ask(), { signal });
      document.addEventListener("visibilitychange", () => document.hidden || this.ask(), { signal });
      window.addEventListener("pagehide", () => this.leave(), { signal });
      window.addEventListener("pageshow", (event) => event.persisted && this.ask(), { signal });
      this.timer = setInterval(() => this.tick(), CUT_MS);
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      this.ends?.abort();
      this.leave();
    }

    tick() {
      const isLive = find("mail-app")?.dataset.live === "on";
      if (!document.hidden && (!isLive || Date.now() - this.lastAskedAt >= PRESENCE_MS)) this.ask();
    }

    // What the others do, while the reader does nothing: an act is answered with all of it.
    async ask() {
      this.hasMissedNews = this.isActing;
      if (this.isActing) return;
      this.lastAskedAt = Date.now();
      const question = (this.question = Symbol("question"));
      try {
        const answer = await this.post(this.getAttribute("src"), this.fields(), IN_BACKGROUND);
        const html = isFragment(answer) ? await answer.text() : "";
        if (html && question === this.question) this.show(html);
      } catch {
        // asked again in a moment
      }
    }

    // A page that is being left still says it.
    leave() {
      const fields = this.fields();
      fields.append("leaving", "1");
      this.post(this.getAttribute("src"), fields, IN_BACKGROUND, true).catch(() => {});
    }

    fields() {
      const fields = new FormData();
      fields.append("message_id", this.dataset.message ?? "");
      fields.append("root", this.dataset.root ?? "");
      return fields;
    }

    /** @param {SubmitEvent} event */
    async act(event) {
      event.preventDefault();
      const form = event.target;
      this.question = undefined; // asked before the act, answered without it
      this.isActing = true;
      this.setDisabled(true);
      try {
        const answer = await this.post(form.action, new FormData(form));
        if (!isFragment(answer)) throw new Error(await refusalOf(answer));
        this.replace(await answer.text());
      } catch (error) {
        this.setDisabled(false);
        const words =
          error instanceof TypeError ? "Pas de réseau : réessayez." : String(Object(error).message);
        window.vaguemestre?.notify(words, "warn");
        this.hasMissedNews = true; // it may be refused for what another did: shown, the button left
        const button = this.querySelector(".care-live :focus");
        if (button instanceof HTMLElement) button.blur();
      } finally {
        this.isActing = false;
      }
      if (this.hasMissedNews) this.ask();
    }

    /**
     * @param {string} address
     * @param {FormData} body
     * @param {Record<string, string>} [headers]
     * @param {boolean} [keepalive] sent even if the page goes
     */
    post(address, body, headers = {}, keepalive = false) {
      const all = { "HX-Request": "true", "X-CSRFToken": csrf(), ...headers };
      return fetch(address, { method: "POST", body, headers: all, keepalive });
    }

    /** @param {boolean} isDisabled */
    setDisabled(isDisabled) {
      for (const button of this.querySelectorAll("button")) button.disabled = isDisabled;
    }

    /**
     * Only what others may change is put in place: somebody may be writing a note below it.
     * @param {string} html
     */
    show(html) {
      const live = this.querySelector(".care-live");
      const fresh = parse(html).querySelector(".care-live");
      if (!live) this.replace(html);
      else if (fresh && fresh.innerHTML !== live.innerHTML && !live.contains(document.activeElement))
        live.replaceWith(fresh);
    }

    /** @param {string} html */
    replace(html) {
      const care = parse(html).firstElementChild;
      this.replaceChildren(...(care ? [care] : []));
      load("webmail/on_use/notes.js").then(({ keep }) => keep(this));
    }
  },
);

/** @param {string} html */
function parse(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

/**
 * Whether it is what was asked for: not a refusal, nor the page where one signs in.
 * @param {Response} answer
 */
function isFragment(answer) {
  return answer.ok && !answer.redirected;
}

/** @param {Response} answer */
async function refusalOf(answer) {
  if (answer.redirected || answer.status === 401)
    return "Votre session est terminée : identifiez-vous de nouveau.";
  const words = answer.status === 422 ? parse(await answer.text()).textContent.trim() : "";
  return words || "La messagerie n’a pas pu le faire. Réessayez dans un instant.";
}
