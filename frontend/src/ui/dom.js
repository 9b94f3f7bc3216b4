// What is said most often to the page.

/**
 * The first element that a selector names; whatever kind the template gave it.
 * @param {string} selector
 * @returns {any}
 */
export function find(selector) {
  return document.querySelector(selector);
}

/**
 * All elements that a selector names.
 * @param {string} selector
 * @returns {NodeListOf<any>}
 */
export function findAll(selector) {
  return document.querySelectorAll(selector);
}

/**
 * Import a module on first use, by its static name; its address is derived from that of the icons.
 * @param {string} name
 * @returns {Promise<any>}
 */
export function load(name) {
  return import((document.documentElement.dataset.icons ?? "").replace("ui/icons.svg", name));
}

/** The script of <date-field>, for pages that show dates only when asked. */
export const CALENDAR = "ui/date-field.js";

/** What the reading pane holds is about to be replaced: answers that stand there leave it first. */
export function paneChanges() {
  window.dispatchEvent(new Event("vm:pane-changes"));
}

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 */
export function create(tag) {
  return document.createElement(tag);
}

/**
 * Whether a click is the ordinary one: no key held that would open a link elsewhere.
 * @param {MouseEvent} event
 */
export function isPlainClick(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}
