// Ordering with keys: on a block, Shift+Arrow moves it; j and k go from block to block (unless single keys are off).
"use strict";
const blocks = () => [...document.querySelectorAll("[data-block]")];
const writes = (node) => node.matches("input, textarea, select");
const singleKeys = !document.body.classList.contains("no-keys");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || writes(event.target)) return;
  const here = event.target.closest("[data-block]");
  if (here && event.shiftKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    const button = here.querySelector(event.key === "ArrowUp" ? "[data-up]" : "[data-down]");
    if (button) button.click();
    event.preventDefault();
  } else if (singleKeys && (event.key === "j" || event.key === "k")) {
    const all = blocks();
    const at = all.indexOf(here) + (event.key === "j" ? 1 : -1);
    if (all[at]) all[at].focus();
  }
});
const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
if (target) target.focus();

// Dragging a block by its grip to a place among its own kind, with mouse, pen or finger. The buttons and Shift+Arrow do
// the same.
document.documentElement.classList.add("drags");
let drag = null;
const clear = () => document.querySelectorAll(".before, .after").forEach((one) => one.classList.remove("before", "after"));
function placeAt(event) {
  const block = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-block]");
  if (!block || block === drag.block || block.dataset.kind !== drag.block.dataset.kind) return null;
  const box = block.getBoundingClientRect();
  return { block, below: event.clientY > box.top + box.height / 2 };
}
function stepsTo({ block, below }) {
  const all = blocks().filter((one) => one.dataset.kind === drag.block.dataset.kind);
  const from = all.indexOf(drag.block);
  const to = all.indexOf(block) + (below ? 1 : 0);
  return to > from ? to - 1 - from : to - from;
}
function drop(place) {
  const steps = stepsTo(place);
  const form = drag.block.querySelector("form[action$='/move']");
  if (!steps || !form) return;
  const move = document.createElement("input");
  move.type = "hidden";
  move.name = "move";
  move.value = `${steps < 0 ? "up" : "down"}:${Math.abs(steps)} ${drag.block.dataset.block}`;
  form.append(move);
  form.submit();
}
function endDrag() {
  clear();
  drag?.block.classList.remove("dragged");
  drag = null;
}
for (const grip of document.querySelectorAll("[data-grip]")) {
  grip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    drag = { block: grip.closest("[data-block]") };
    drag.block.classList.add("dragged");
  });
  grip.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const edge = event.clientY < 50 ? -16 : event.clientY > innerHeight - 50 ? 16 : 0;
    if (edge) scrollBy(0, edge);
    clear();
    const place = placeAt(event);
    if (place) place.block.classList.add(place.below ? "after" : "before");
  });
  grip.addEventListener("pointerup", (event) => {
    const place = drag && placeAt(event);
    if (place) drop(place);
    endDrag();
  });
  grip.addEventListener("pointercancel", endDrag);
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") endDrag();
});
