// Numbers, plurals and hours as French writes them: « 1 message », « 2 messages », « 0 message », « 8 h ».

/**
 * Whether a count takes the plural: from two on.
 * @param {number} count
 */
export function isPlural(count) {
  return Math.abs(count) >= 2;
}

/**
 * The word that agrees with a count.
 * @param {number} count
 * @param {string} singular
 * @param {string} [plural] when an s at the end is not enough
 */
export function agree(count, singular, plural = `${singular}s`) {
  return isPlural(count) ? plural : singular;
}

/**
 * A number with its thousands apart.
 * @param {number} count
 */
export function number(count) {
  return count.toLocaleString("fr-FR");
}

/**
 * A count and what it counts.
 * @param {number} count
 * @param {string} singular
 * @param {string} [plural] when an s at the end is not enough
 */
export function counted(count, singular, plural) {
  return `${number(count)} ${agree(count, singular, plural)}`;
}

/**
 * « 8 h », « 12 h 45 », as `hour_fr` writes it.
 * @param {Date} moment
 */
export function hour(moment) {
  const minutes = moment.getMinutes();
  const rest = minutes ? `\u00a0${String(minutes).padStart(2, "0")}` : "";
  return `${moment.getHours()}\u00a0h${rest}`;
}
