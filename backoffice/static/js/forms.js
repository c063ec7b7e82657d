// Forms: Ctrl+Enter saves, a second click does not send twice, the wheel changes no quantity, and leaving unsaved input is asked about.
//   data-guard   on a form: warn before its input is lost
//   data-focus-me  gets the focus when the page opens (the summary of errors)
const sent = new WeakSet();
const touched = new Set();

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form");
  if (!form || event.target.closest("dialog.palette")) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit].btn-primary") ?? undefined);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  touched.delete(form);
  if (form.method !== "post" || form.hasAttribute("hx-post") || form.closest("[hx-boost=true]")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  form.setAttribute("aria-busy", "true");
});

window.addEventListener("pageshow", (event) => {
  // Back from the next page: the form may be sent again.
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[aria-busy]")) {
    sent.delete(form);
    form.removeAttribute("aria-busy");
  }
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) touched.add(form);
});

window.addEventListener("beforeunload", (event) => {
  if ([...touched].some((form) => form.isConnected)) event.preventDefault();
});

document.addEventListener(
  "wheel",
  (event) => {
    if (event.target.matches?.("input[type=number]:focus")) event.target.blur();
  },
  { passive: true },
);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    navigator.clipboard?.writeText(button.dataset.copy);
    if (button.dataset.copied) document.dispatchEvent(new CustomEvent("toast", { detail: { text: button.dataset.copied, tone: "success" } }));
  }
  if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
});

document.querySelector("[data-focus-me]")?.focus();
