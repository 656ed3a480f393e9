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
