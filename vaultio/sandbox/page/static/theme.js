// Light, dark, or as the system says; kept where the browser allows it.

import { $, mark, say } from "./dom.js";

const CHOICES = ["system", "light", "dark"];
const button = $("theme");

function kept() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}

let choice = CHOICES.includes(kept()) ? kept() : "system";

function show() {
  mark(document.documentElement, "data-theme", choice === "system" ? null : choice);
  say(button, `Theme: ${choice}`);
}

button.addEventListener("click", () => {
  choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
  try {
    localStorage.setItem("theme", choice);
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
  show();
});
show();
