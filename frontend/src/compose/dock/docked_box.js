// The box around a docked composer: its title, its buttons, the frame of its page.

/**
 * @param {string} title
 * @param {string} url
 * @param {{toggle: () => void, enlarge: (button: HTMLElement) => void, detach: () => void, close: () => void}} acts
 * @returns {Pick<DockedComposer, "box" | "frame" | "name">}
 */
export function buildBox(title, url, { toggle, enlarge, detach, close }) {
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
  name.addEventListener("click", toggle);
  const kept = document.createElement("span"); // said by the page in the frame
  kept.className = "kept";
  kept.setAttribute("aria-hidden", "true");
  const frame = document.createElement("iframe");
  frame.src = `${url}?cadre=1`;
  frame.title = "Rédaction";
  const large = toolButton("arrows-maximize", "Agrandir", () => enlarge(large));
  head.append(
    name,
    kept,
    toolButton("minus", "Réduire", toggle),
    large,
    toolButton("external-link", "Ouvrir dans une fenêtre", detach),
    toolButton("x", "Fermer en gardant le brouillon", close),
  );
  box.append(head, frame);
  return { box, frame, name };
}

/**
 * @param {string} icon
 * @param {string} label
 * @param {() => void} act
 */
function toolButton(icon, label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `tool ${icon}`;
  button.title = label;
  button.setAttribute("aria-label", label);
  button.append(window.vaguemestre.icon(icon));
  button.addEventListener("click", act);
  return button;
}

/**
 * Its title only, or all of it.
 * @param {Pick<DockedComposer, "box" | "name">} composer
 * @param {boolean} isSmall
 */
export function setSmall({ box, name }, isSmall) {
  box.classList.toggle("small", isSmall);
  name.setAttribute("aria-expanded", String(!isSmall));
  if (isSmall) box.classList.remove("large");
}

/**
 * Over the page, or its own size again.
 * @param {Pick<DockedComposer, "box">} composer
 * @param {HTMLElement} button
 */
export function toggleLarge({ box }, button) {
  const isLarge = box.classList.toggle("large");
  box.classList.remove("small");
  button.title = isLarge ? "Rendre sa taille" : "Agrandir";
  button.setAttribute("aria-label", button.title);
  button.replaceChildren(window.vaguemestre.icon(isLarge ? "arrows-minimize" : "arrows-maximize"));
}
