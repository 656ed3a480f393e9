// Folds the main menu on narrow screens. Without this file the menu is simply open.
"use strict";
document.documentElement.classList.add("folds");
document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("button.fold");
  const menu = document.getElementById("menu");
  if (!button || !menu) return;
  const set = (open) => {
    menu.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.hidden = false;
  button.addEventListener("click", () => set(!menu.classList.contains("open")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.classList.contains("open")) {
      set(false);
      button.focus();
    }
  });
});
