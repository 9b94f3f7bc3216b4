// @ts-nocheck -- not typed yet
// <vm-composer-dock>: composers in frames of their own, docked in the page, several at once.
// Opened by the window event "vm:compose" {mode, ref, to} or by any [data-compose] control.
const PREFIX = "vm:compose:";
const PHONE = matchMedia("(max-width: 700px)");

function cookieToken() {
  return document.querySelector('meta[name="csrf"]')?.content || "";
}

class ComposerDock extends HTMLElement {
  connectedCallback() {
    this.open = new Map();
    this.person = this.dataset.person;
    this.home = this.dataset.url;
    window.addEventListener("vm:compose", (event) => this.compose(event.detail || {}));
    window.addEventListener("message", (event) => this.told(event));
    window.addEventListener("popstate", (event) => this.stepped(event), true); // before the page goes anywhere
    document.addEventListener("click", (event) => this.clicked(event), true);
    document.addEventListener("submit", (event) => {
      if (event.target.getAttribute("action") === "/deconnexion") this.forgetTexts(() => true);
    });
    this.forgetTexts((place) => this.placed(place).person !== this.person);
    this.offerLost();
  }

  // `vm:compose:17:key` in one's own mailbox, `vm:compose:17.3:key` in the mailbox of several people number 3.
  placed(place) {
    const [owner, key] = place.slice(PREFIX.length).split(":");
    const [person, box] = owner.split(".");
    const home = this.home.replace(/^\/boites\/\d+/, "");
    return { person, key, home: box ? `/boites/${box}${home}` : home };
  }

  // Texts of other accounts never stay on a computer somebody else signed in on.
  forgetTexts(isOver) {
    for (const place of Object.keys(localStorage)) {
      if (place.startsWith(PREFIX) && isOver(place)) localStorage.removeItem(place);
    }
  }

  // A browser that crashed, a network that went: what never reached the server is sent now, and said.
  async offerLost() {
    for (const place of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
      const { key, home } = this.placed(place);
      let kept;
      try {
        kept = JSON.parse(localStorage.getItem(place));
      } catch {
        kept = null;
      }
      const told = kept?.fields
        ? await this.post(`${home}${key}/brouillon/`, { ...kept.fields, revision: kept.revision })
        : { gone: true };
      if (told?.revision || told?.gone || told?.code === "compose.already-sent")
        localStorage.removeItem(place);
      if (told?.new || told?.code === "compose.changed-elsewhere") this.offer(`${home}${key}/`, key);
    }
  }

  offer(url, key) {
    const notice = window.vaguemestre.notify("Un courriel non enregistré a été retrouvé.", "warn", 0);
    if (!notice) return;
    notice.dataset.stays = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn line";
    button.textContent = "Le reprendre";
    button.addEventListener("click", () => {
      notice.remove();
      this.show(key, url, "Courriel retrouvé");
    });
    notice.append(button);
    window.dispatchEvent(new CustomEvent("vm:mail-changed", { detail: { folders: ["drafts"] } }));
  }

  // What the server says, refusals included; null when nobody answers or the session is over.
  async post(address, fields) {
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": cookieToken() },
        body: new URLSearchParams(fields),
        cache: "no-store",
      });
      return answer.redirected || answer.status === 403 ? null : await answer.json();
    } catch {
      return null;
    }
  }

  clicked(event) {
    const control = event.target.closest?.("[data-compose]");
    if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const place = control.closest("[data-folder]");
    const from = { ...(place ? place.dataset : {}), ...control.dataset };
    const ref = from.uid ? { folder: from.folder, uidValidity: from.uidValidity, uid: from.uid } : null;
    this.compose({ mode: control.dataset.compose || "new", ref, to: control.dataset.to });
  }

  async compose({ mode = "new", ref = null, to = "" }) {
    const fields = { mode, to };
    if (ref)
      Object.assign(fields, {
        folder: ref.folder,
        uid_validity: ref.uidValidity ?? ref.uid_validity,
        uid: ref.uid,
      });
    const told = await this.post(this.home, fields);
    if (!told?.key) {
      const words =
        told?.error || "La messagerie ne répond pas, ou votre session est terminée : rechargez la page.";
      window.vaguemestre.notify(words, "danger");
      return;
    }
    this.show(told.key, told.url, "Nouveau courriel");
  }

  show(key, url, title) {
    const known = this.open.get(key);
    if (known) return this.raise(known);
    if (matchMedia("(max-width: 900px)").matches)
      for (const one of this.open.values()) this.minimise(one, true);
    const box = document.createElement("section");
    box.className = "composer-box";
    box.setAttribute("aria-label", title);
    const head = document.createElement("div");
    head.className = "head";
    const name = document.createElement("button");
    name.type = "button";
    name.className = "name clip";
    name.textContent = title;
    name.setAttribute("aria-expanded", "true");
    const frame = document.createElement("iframe");
    frame.src = `${url}?cadre=1`;
    frame.title = "Rédaction";
    const one = { key, url, box, frame, name, opener: document.activeElement };
    name.addEventListener("click", () => this.minimise(one, !box.classList.contains("small")));
    const small = this.tool("minus", "Réduire", () => this.minimise(one, !box.classList.contains("small")));
    const large = this.tool("arrows-maximize", "Agrandir", () => this.enlarge(one, large));
    const apart = this.tool("external-link", "Ouvrir dans une fenêtre", () => this.detach(one));
    const close = this.tool("x", "Fermer en gardant le brouillon", () => this.close(one));
    head.append(name, small, large, apart, close);
    box.append(head, frame);
    this.append(box);
    this.open.set(key, one);
    document.body.classList.add("composing");
    frame.addEventListener("load", () => frame.contentWindow?.focus(), { once: true });
    this.step(one);
  }

  // On a phone a composer is a page: Back closes it. One step of the history is its own while it fills the screen.
  step(one) {
    if (!PHONE.matches) return;
    one.step = Math.random();
    history.pushState({ ...history.state, composer: one.step }, "");
  }

  // The step goes with the composer, unless the page went on meanwhile.
  unstep(one) {
    if (one.step && history.state?.composer === one.step) {
      this.isUnstepping = true;
      history.back();
    }
    one.step = 0;
  }

  stepped(event) {
    const left = [...this.open.values()].find(
      (one) => one.step && one.step !== event.state?.composer && !one.box.classList.contains("small"),
    );
    if (!this.isUnstepping && !left) return;
    event.stopImmediatePropagation();
    this.isUnstepping = false;
    if (!left) return;
    left.step = 0;
    this.close(left);
  }

  tool(icon, label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `tool ${icon}`;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.append(window.vaguemestre.icon(icon));
    button.addEventListener("click", act);
    return button;
  }

  raise(one) {
    this.minimise(one, false);
    one.frame.focus();
  }

  minimise(one, isSmall) {
    one.box.classList.toggle("small", isSmall);
    one.name.setAttribute("aria-expanded", String(!isSmall));
    if (isSmall) one.box.classList.remove("large");
  }

  enlarge(one, button) {
    const isLarge = one.box.classList.toggle("large");
    one.box.classList.remove("small");
    button.setAttribute("aria-label", isLarge ? "Rendre sa taille" : "Agrandir");
    button.title = button.getAttribute("aria-label");
    button.replaceChildren(window.vaguemestre.icon(isLarge ? "arrows-minimize" : "arrows-maximize"));
  }

  close(one) {
    one.frame.contentWindow?.postMessage({ type: "vm:composer", act: "close" }, location.origin);
    one.timer = setTimeout(() => this.remove(one), 4000); // whatever happens in the frame, its text is kept
  }

  detach(one) {
    const address = one.url;
    const opened = window.open("about:blank", `vm-${one.key}`, "popup,width=860,height=760");
    one.onClosed = () => {
      if (opened) opened.location.replace(address);
      else location.assign(address);
    };
    this.close(one);
  }

  remove(one) {
    clearTimeout(one.timer);
    if (!this.open.delete(one.key)) return;
    one.box.remove();
    this.unstep(one);
    one.onClosed?.();
    document.body.classList.toggle("composing", this.open.size > 0);
    if (one.opener?.isConnected) one.opener.focus({ preventScroll: true });
  }

  told(event) {
    if (event.origin !== location.origin || event.data?.type !== "vm:composer") return;
    const one = [...this.open.values()].find((open) => open.frame.contentWindow === event.source);
    if (!one) return;
    const said = event.data;
    if (said.url) one.url = said.url; // another mailbox may have been chosen meanwhile
    if (said.key && said.key !== one.key) {
      this.open.delete(one.key); // the text went on as a second draft
      one.key = said.key;
      this.open.set(one.key, one);
    }
    if (said.event === "title") {
      one.name.textContent = said.title;
      one.box.setAttribute("aria-label", said.title);
    } else if (said.event === "sent") {
      one.box.classList.add("gone");
      this.unstep(one);
    } else if (said.event === "sized") one.box.style.setProperty("--strip", `${Number(said.height)}px`);
    else if (said.event === "back") {
      one.box.classList.remove("gone", "small");
      this.step(one);
    } else if (said.event === "done")
      setTimeout(() => one.box.classList.contains("gone") && this.remove(one), 6000);
    else if (said.event === "closed") this.remove(one);
    else if (said.event === "escape") {
      this.minimise(one, true);
      one.name.focus(); // its title stays, and opens it again
    }
    if (said.event === "changed" || said.event === "done") {
      const folders = said.folders || ["drafts", "sent", "source"];
      window.dispatchEvent(new CustomEvent("vm:mail-changed", { detail: { folders } }));
    }
  }
}

customElements.define("vm-composer-dock", ComposerDock);
