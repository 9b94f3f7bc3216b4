// What may enter the editor: pasted from Word, quoted from anybody, taken from a draft.
import DOMPurify from "dompurify";

const TAGS = `a abbr address b bdi bdo blockquote br caption center cite code col colgroup dd del div dl dt em
figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup
table tbody td tfoot th thead tr tt u ul var wbr`.split(/\s+/);
const ATTRIBUTES =
  `align alt bgcolor border cellpadding cellspacing cite color colspan data-signature dir face height href lang
reversed rowspan scope size span src start style title type valign value width`.split(/\s+/);
const STYLES = new Set(
  `background-color border-bottom-color border-bottom-style border-bottom-width border-collapse
border-left-color border-left-style border-left-width border-right-color border-right-style border-right-width
border-spacing border-top-color border-top-style border-top-width color direction font-family font-size font-style
font-variant font-weight height line-height margin-bottom margin-left margin-right margin-top max-width
padding-bottom padding-left padding-right padding-top text-align text-decoration text-decoration-line text-indent
vertical-align white-space width`.split(/\s+/),
);
const OWN_PICTURE = /^pieces\/\d+\/$/;

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName === "IMG" && !OWN_PICTURE.test(node.getAttribute("src") || "")) {
    const words = (node.getAttribute("alt") || "").trim();
    node.replaceWith(node.ownerDocument.createTextNode(words ? `[${words}]` : ""));
    return;
  }
  const { style } = /** @type {HTMLElement} */ (node);
  if (!style || !node.hasAttribute("style")) return;
  for (const property of [...style]) {
    const value = style.getPropertyValue(property);
    if (!STYLES.has(property) || /[(](?!\d)|@|\\/.test(value.replace(/rgba?\(|hsla?\(/g, "")))
      style.removeProperty(property);
  }
  if (!style.length) node.removeAttribute("style");
});

// Word writes lists as paragraphs with a bullet drawn in a comment-like span: make them lists again.
/** @param {Element} fragment */
function convertWordLists(fragment) {
  let list = null;
  for (const line of [...fragment.querySelectorAll("p")]) {
    const isItem =
      /mso-list\s*:/i.test(line.getAttribute("style") || "") || /^MsoListParagraph/.test(line.className);
    if (!isItem) {
      list = null;
      continue;
    }
    const mark = line.querySelector('span[style*="mso-list"]');
    const isNumbered = /^\s*\(?[\da-z]{1,3}[.)]/i.test(mark?.textContent || "");
    mark?.remove();
    if (!list || line.previousElementSibling !== list) {
      list = line.ownerDocument.createElement(isNumbered ? "ol" : "ul");
      line.before(list);
    }
    const item = line.ownerDocument.createElement("li");
    item.append(...line.childNodes);
    list.append(item);
    line.remove();
  }
}

/** @param {string} html */
export function sanitizeFragment(html) {
  const bare = html.replace(/<style[\s\S]*?(<\/style>|$)/gi, ""); // dropped anyway; parsing it would trip the CSP
  const raw = new DOMParser().parseFromString(bare, "text/html"); // inert: nothing loads, nothing runs
  convertWordLists(raw.body);
  return DOMPurify.sanitize(raw.body.innerHTML, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|pieces\/\d+\/$)/i,
    ADD_URI_SAFE_ATTR: ATTRIBUTES.filter((name) => !["cite", "href", "src"].includes(name)),
    FORBID_CONTENTS: [
      "head",
      "noscript",
      "script",
      "style",
      "template",
      "title",
      "svg",
      "math",
      "iframe",
      "object",
    ],
    RETURN_DOM_FRAGMENT: true,
  });
}
