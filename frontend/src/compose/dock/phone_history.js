// On a phone a composer is a page: Back closes it. One step of the history is its own while it fills the screen.
const PHONE = matchMedia("(max-width: 700px)");

export class PhoneHistory {
  #isUnstepping = false;

  /**
   * @param {Map<string, DockedComposer>} composers
   * @param {(composer: DockedComposer) => void} close
   */
  constructor(composers, close) {
    this.composers = composers;
    this.close = close;
    window.addEventListener("popstate", (event) => this.#goBack(event), true); // before the page goes anywhere
  }

  /** @param {DockedComposer} composer */
  step(composer) {
    if (!PHONE.matches) return;
    composer.step = Math.random();
    history.pushState({ ...history.state, composer: composer.step }, "");
  }

  /**
   * The step goes with the composer, unless the page went on meanwhile.
   * @param {DockedComposer} composer
   */
  unstep(composer) {
    if (composer.step && history.state?.composer === composer.step) {
      this.#isUnstepping = true;
      history.back();
    }
    composer.step = 0;
  }

  /** @param {PopStateEvent} event */
  #goBack(event) {
    const left = [...this.composers.values()].find(
      ({ step, box }) => step && step !== event.state?.composer && !box.classList.contains("small"),
    );
    if (!this.#isUnstepping && !left) return;
    event.stopImmediatePropagation();
    this.#isUnstepping = false;
    if (!left) return;
    left.step = 0;
    this.close(left);
  }
}
