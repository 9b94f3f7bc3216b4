// The form of a label: made, named and painted again, or dropped.
import { find } from "../../ui/dom.js";
import { Refused, page, send, tell } from "../../ui/http.js";

/** @typedef {import("../actions/labels.js").Labels} Labels */

/** @param {Labels} labels */
export async function save(labels) {
  const { app, dialog, form, refs, isForWhole } = labels;
  const isNew = !form.elements.mark.value;
  let mark;
  try {
    ({ mark } = await (await send(dialog.dataset.labels, new FormData(form))).json());
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const refused = form.querySelector(".error");
    refused.textContent = error.message;
    refused.hidden = false;
    return;
  }
  dialog.close();
  await renew(labels);
  if (isNew && isForWhole) labels.onWhole("label", mark);
  else if (isNew && refs.length) await app.act("label", refs, { mark });
  else tell(isNew ? "Étiquette créée." : "Étiquette modifiée.", "dark", 3);
}

/** @param {Labels} labels */
export async function drop(labels) {
  const { dialog, form } = labels;
  await send(dialog.dataset.labels, { remove: "1", mark: form.elements.mark.value });
  dialog.close();
  tell("Étiquette retirée de la liste.", "dark", 3);
  await renew(labels);
}

// Names and colours wherever they are shown; what is read and the place in the list stay.
/** @param {Labels} labels */
async function renew(labels) {
  const { app } = labels;
  const words = await (await page(app.dataset.home ?? "")).text();
  const fresh = new DOMParser().parseFromString(words, "text/html");
  for (const place of ["#label-dialog .marks", "#search-label"]) {
    const shown = find(place);
    if (shown) shown.innerHTML = fresh.querySelector(place)?.innerHTML ?? "";
  }
  const message = app.openMessage;
  if (message) labels.draw(message, (message.dataset.labels ?? "").split(" ").filter(Boolean));
  app.list.invalidateRows();
  await app.refresh(true);
}
