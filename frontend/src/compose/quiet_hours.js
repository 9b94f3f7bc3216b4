// Outside working time, a morning is proposed; what must leave now still does, by an explicit choice.
const EVERY = 300000;

export class Quiet {
  constructor(form, server, send) {
    this.strip = document.querySelector("#quiet");
    this.server = server;
    this.send = send;
    this.address = this.strip.dataset.address;
    this.look();
    setInterval(() => form.hidden || this.look(), EVERY);
  }

  // Never winds the session's clock; without an answer nothing is proposed.
  async look() {
    try {
      this.show(await this.server.ask(this.address, { headers: { "X-By-Itself": "1" } }));
    } catch {
      this.strip.hidden = true;
    }
  }

  show(told) {
    this.strip.hidden = !told.until;
    if (!told.until) return;
    const words = document.createElement("span");
    words.textContent = "Vous écrivez en dehors des heures de travail.";
    const later = this.button(`Envoyer ${told.words}`, () =>
      this.send({ later: told.until, sure: this.sure }),
    );
    this.strip.replaceChildren(window.vaguemestre.icon("moon"), words, later);
  }

  // The académie wants a choice: the same two ways out, said at the moment of sending.
  async insist(sentence, sure) {
    this.sure = sure; // what was answered on the way here is not asked again
    await this.look();
    this.strip.hidden = false;
    this.strip.querySelector("span:not(.actions)")?.replaceChildren(sentence);
    const now = this.button("Envoyer maintenant", () => this.send({ now: true, sure }));
    this.strip.append(now);
    now.focus();
  }

  button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn line";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }
}
