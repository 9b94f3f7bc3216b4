// <box-care src="…" data-message="…" data-root="…">: presence, assignment and notes of members on a message of a shared mailbox.
// The mailbox's stream says when to ask again; while it is cut, the clock does.
import { find, load } from "../ui/dom.js";
import { csrf } from "../ui/http.js";

const STILL_HERE = 60000;
const WHILE_CUT = 5000;

customElements.define(
  "box-care",
  class extends HTMLElement {
    connectedCallback() {
      /** @type {number} when the others were asked of last */
      this.last = 0;
      this.addEventListener("submit", (event) => this.act(event));
      this.ask();
      this.ends = new AbortController();
      const { signal } = this.ends;
      document.addEventListener("members-at-work", () => this.ask(), { signal });
      document.addEventListener("visibilitychange", () => document.hidden || this.ask(), { signal });
      window.addEventListener("pagehide", () => this.depart(), { signal });
      window.addEventListener("pageshow", (event) => event.persisted && this.ask(), { signal });
      this.timer = setInterval(() => this.tick(), WHILE_CUT);
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      this.ends?.abort();
      this.depart();
    }

    tick() {
      const isLive = find("mail-app")?.dataset.live === "on";
      if (!document.hidden && (!isLive || Date.now() - this.last >= STILL_HERE)) this.ask();
    }

    ask() {
      this.last = Date.now();
      this.send(this.getAttribute("src"), this.place(), { "X-By-Itself": "1" }, false);
    }

    // The reader goes; a page that is being left still says it.
    depart() {
      const body = this.place();
      body.append("leaving", "1");
      const headers = { "HX-Request": "true", "X-CSRFToken": csrf(), "X-By-Itself": "1" };
      fetch(this.getAttribute("src"), { method: "POST", body, headers, keepalive: true }).catch(() => {});
    }

    place() {
      const fields = new FormData();
      fields.append("message_id", this.dataset.message ?? "");
      fields.append("root", this.dataset.root ?? "");
      return fields;
    }

    /** @param {SubmitEvent} event */
    act(event) {
      event.preventDefault();
      const form = event.target;
      for (const button of form.querySelectorAll("button")) button.disabled = true;
      this.send(form.action, new FormData(form), {}, true);
    }

    /**
     * @param {string} address
     * @param {FormData} body
     * @param {Record<string, string>} more
     * @param {boolean} whole
     */
    async send(address, body, more, whole) {
      const asked = (this.asked = Symbol("asked"));
      try {
        const answer = await fetch(address, {
          method: "POST",
          body,
          headers: { "HX-Request": "true", "X-CSRFToken": csrf(), ...more },
        });
        if (answer.status === 422) throw new Error((await this.words(answer)) || "422");
        if (!answer.ok || answer.redirected) return;
        const text = await answer.text();
        if (asked === this.asked) this.show(text, whole);
      } catch (error) {
        if (!whole) return; // asked again in a moment
        for (const button of this.querySelectorAll("button")) button.disabled = false;
        window.vaguemestre?.notify(
          error instanceof TypeError ? "Pas de réseau : réessayez." : String(Object(error).message),
          "warn",
        );
      }
    }

    /** @param {Response} answer */
    async words(answer) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      return page.body.textContent.trim();
    }

    // Only what others may change is put in place while somebody writes a note.
    /**
     * @param {string} text
     * @param {boolean} whole
     */
    show(text, whole) {
      const fresh = new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
      const live = this.querySelector(".care-live");
      const now = fresh?.querySelector(".care-live");
      if (!live || whole) {
        this.replaceChildren(...(fresh ? [fresh] : []));
        load("webmail/on_use/notes.js").then(({ keep }) => keep(this));
      } else if (now && now.innerHTML !== live.innerHTML && !live.contains(document.activeElement))
        live.replaceWith(now);
    }
  },
);
