// Passkeys (Web Authentication, level 3): the browser's answer leaves in an ordinary form.
// A browser that cannot says nothing: the button stays hidden.

const able = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

customElements.define(
  "pass-key",
  class extends HTMLElement {
    connectedCallback() {
      const form = this.querySelector("form");
      const button = form?.querySelector("button");
      if (!able || !button) return;
      button.hidden = false;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        button.disabled = true;
        this.answer()
          .then((answer) => {
            form.elements.response.value = JSON.stringify(answer);
            for (const name of ["shared", "own_device"]) {
              const box = document.querySelector(`input[name=${name}][type=checkbox]`);
              if (form.elements[name]) form.elements[name].value = box?.checked ? "on" : "";
            }
            form.submit();
          })
          .catch(() => {
            button.disabled = false;
            window.vaguemestre.notify(
              "La clé d’accès n’a pas servi. Réessayez, ou connectez-vous autrement.",
              "warn",
            );
          });
      });
    }

    async answer() {
      const token = document.querySelector("meta[name=csrf]").content;
      const said = await fetch(this.getAttribute("options"), {
        method: "POST",
        headers: { "X-CSRFToken": token },
      });
      if (!said.ok || said.redirected) throw new Error("no options");
      const { publicKey } = await said.json();
      const credential = this.hasAttribute("new")
        ? await navigator.credentials.create({
            publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
          })
        : await navigator.credentials.get({
            publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
          });
      return credential.toJSON();
    }
  },
);
