/**
 * Text without accents or capitals, for comparing.
 * @param {string} text
 */
export function foldAccents(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
