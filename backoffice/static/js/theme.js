// Light, dark or like the system: remembered in this browser, and followed while the page is open.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function apply(choice) {
  root.dataset.theme = choice;
  const dark = choice === "dark" || (choice === "auto" && system.matches);
  root.dataset.bsTheme = dark ? "dark" : "light";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-checked", String(button.dataset.themeChoice === choice));
  }
}

function choose(choice) {
  try {
    localStorage.setItem("theme", choice);
  } catch {
    // not remembered, still applied
  }
  apply(choice);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice], [data-theme-toggle]");
  if (!button) return;
  choose(button.dataset.themeChoice ?? (root.dataset.bsTheme === "dark" ? "light" : "dark"));
});
system.addEventListener("change", () => apply(root.dataset.theme));
window.addEventListener("storage", (event) => {
  if (event.key === "theme" && event.newValue) apply(event.newValue);
});
apply(root.dataset.theme);
