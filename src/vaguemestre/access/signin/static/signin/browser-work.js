// A proof of work in place of a refusal: small puzzles solved by the browser, then the form goes on by itself.
// Number n solves puzzle i if SHA-256("challenge:i:n") begins with `bits` zero bits.

const PUZZLES = 8;
const BATCH = 256; // digests asked together: the page stays lively between two batches

const encoder = new TextEncoder();

function zeroBits(digest) {
  const bytes = new Uint8Array(digest);
  let index = 0;
  while (index < bytes.length && bytes[index] === 0) index += 1;
  return index === bytes.length ? 256 : index * 8 + Math.clz32(bytes[index]) - 24;
}

async function solve(challenge, index, bits) {
  for (let start = 0; ; start += BATCH) {
    const digests = await Promise.all(
      Array.from({ length: BATCH }, (_, step) =>
        crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}:${index}:${start + step}`)),
      ),
    );
    const at = digests.findIndex((digest) => zeroBits(digest) >= bits);
    if (at >= 0) return start + at;
  }
}

customElements.define(
  "browser-work",
  class extends HTMLElement {
    connectedCallback() {
      const form = this.querySelector("form");
      const again = () => location.assign(form.getAttribute("action"));
      if (!window.crypto?.subtle) {
        setTimeout(again, Number(this.getAttribute("seconds")) * 1000);
        return;
      }
      this.work()
        .then((numbers) => {
          form.elements.work.value = numbers.join(",");
          form.submit();
        })
        .catch(() => setTimeout(again, Number(this.getAttribute("seconds")) * 1000));
    }

    async work() {
      const numbers = [];
      for (let index = 0; index < PUZZLES; index += 1) {
        numbers.push(await solve(this.getAttribute("challenge"), index, Number(this.getAttribute("bits"))));
      }
      return numbers;
    }
  },
);
