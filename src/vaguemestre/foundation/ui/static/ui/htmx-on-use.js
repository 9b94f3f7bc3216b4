// htmx, loaded once the page is used: it would be a fifth of the weight of a first visit. What is pressed before it is
// there waits for it. `data-later`: a piece of the page asked for by itself, without htmx.
"use strict";

(() => {
  const { htmx } = document.currentScript.dataset;
  let coming = null;
  let isThere = false;

  function start() {
    coming ??= new Promise((done) => {
      const script = document.createElement("script");
      const settle = () => {
        isThere = true;
        done();
      };
      script.src = htmx;
      script.addEventListener("load", () => setTimeout(settle)); // htmx reads the page in a task of its own
      script.addEventListener("error", settle); // forms and links work without it
      document.head.append(script);
    });
    return coming;
  }

  async function hold(event, again) {
    event.preventDefault();
    event.stopImmediatePropagation();
    await start();
    again();
  }

  for (const type of ["pointerover", "pointerdown", "keydown", "focusin"])
    document.addEventListener(type, start, { capture: true, once: true });
  document.addEventListener(
    "click",
    (event) => {
      const pressed = isThere ? null : event.target.closest(":is(button, a):is([hx-get], [hx-post])");
      if (pressed) hold(event, () => pressed.click());
    },
    true,
  );
  document.addEventListener(
    "submit",
    (event) => {
      const { target: form, submitter } = event;
      if (!isThere && form.matches("[hx-post], [hx-get]")) hold(event, () => form.requestSubmit(submitter));
    },
    true,
  );

  for (const place of document.querySelectorAll("[data-later]"))
    fetch(place.dataset.later, { headers: { "HX-Request": "true", "X-By-Itself": "1" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
      .then((html) => {
        place.outerHTML = html;
      })
      .catch(() => {}); // it comes with the next visit
  if (document.querySelector("[hx-trigger]")) start();
})();
