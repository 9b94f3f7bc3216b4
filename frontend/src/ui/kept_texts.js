// What somebody types while an answer is on its way is kept: an answer replaces the texts of a
// `[data-keeps-typing]` only if they are still those it was asked with.

/** @param {Element} place */
const textsIn = (place) => [...place.querySelectorAll("textarea")].map(({ value }) => value).join("\0");

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.target?.matches("[data-keeps-typing]")) ctx.textsThen = textsIn(ctx.target);
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.target && ctx.textsThen !== undefined && ctx.textsThen !== textsIn(ctx.target))
    event.preventDefault();
});
