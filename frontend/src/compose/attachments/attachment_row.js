// The line of one attachment: its name, how much of it was sent, its buttons.

/** @type {Record<string, string>} icons, by the ending of a name */
const KINDS = {
  pdf: "file-type-pdf",
  doc: "file-type-doc",
  docx: "file-type-docx",
  odt: "file-text",
  xls: "file-type-xls",
  xlsx: "file-spreadsheet",
  ods: "file-spreadsheet",
  csv: "file-spreadsheet",
  zip: "file-zip",
  png: "photo",
  jpg: "photo",
  jpeg: "photo",
  gif: "photo",
  webp: "photo",
  mp3: "file-music",
  mp4: "movie",
};

/** @param {number} size */
export function octets(size) {
  if (!size) return "0 o";
  if (size < 1024 * 1024) return `${Math.max(1, Math.round(size / 1024))} ko`;
  return `${(size / 1024 / 1024).toFixed(1).replace(".", ",")} Mo`;
}

/**
 * @param {string} name
 * @param {number} size
 * @param {() => void} onRemove
 */
export function attachmentRow(name, size, onRemove) {
  const row = document.createElement("li");
  const label = document.createElement("span");
  label.className = "name clip";
  label.textContent = name;
  label.title = name;
  const weight = document.createElement("span");
  weight.className = "size quiet-ink small";
  weight.textContent = octets(size);
  const progress = document.createElement("progress");
  progress.max = Math.max(1, size);
  progress.value = 0;
  progress.setAttribute("aria-label", `Envoi de ${name}`);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tool";
  button.title = `Retirer ${name}`;
  button.setAttribute("aria-label", `Retirer ${name}`);
  button.append(window.vaguemestre.icon("x"));
  button.addEventListener("click", onRemove);
  row.append(
    window.vaguemestre.icon(KINDS[name.toLowerCase().split(".").pop() ?? ""] || "file"),
    label,
    weight,
    progress,
    button,
  );
  return row;
}

/**
 * A link has a button that says how long it lasts and changes its terms.
 * @param {HTMLElement} row
 * @param {() => void} onTerms
 */
export function addTermsButton(row, onTerms) {
  const terms = document.createElement("button");
  terms.type = "button";
  terms.className = "btn quiet terms";
  terms.addEventListener("click", onTerms);
  row.classList.add("link");
  row.querySelector("button").before(terms);
}

/**
 * @param {HTMLElement} row
 * @param {FileLink} link
 */
export function showTerms(row, { name, until, locked }) {
  const terms = row.querySelector(".terms");
  const words = document.createElement("span");
  words.textContent = `Lien jusqu’au ${until.slice(0, 5)}`;
  terms.title = `« ${name} » part sous forme de lien, valable jusqu’au ${until}${locked ? ", avec un mot de passe" : ""}. Changer la date ou le mot de passe.`;
  terms.setAttribute("aria-description", terms.title);
  terms.replaceChildren(window.vaguemestre.icon(locked ? "lock" : "link"), words);
}
