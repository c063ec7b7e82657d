// Sets the colour mode before the first paint. A classic script on purpose: a module would run after it and flash.
(function () {
  "use strict";
  const root = document.documentElement;
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // storage may be switched off; the page then follows the server's word
  }
  if (chosen !== "light" && chosen !== "dark" && chosen !== "auto") {
    chosen = root.dataset.theme || "auto";
  }
  root.dataset.theme = chosen;
  const dark = chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.bsTheme = dark ? "dark" : "light";
})();
