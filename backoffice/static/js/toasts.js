// Messages that pass by. Good news leaves by itself; warnings and errors stay until they are dismissed.
const region = document.getElementById("toasts");
const STAY = 6000;

function raise() {
  // Shown anew each time, so that it lies above a dialog opened meanwhile.
  if (region.matches(":popover-open")) region.hidePopover();
  if (region.childElementCount) region.showPopover();
}

function leave(note) {
  note.remove();
  if (!region.childElementCount && region.matches(":popover-open")) region.hidePopover();
}

function settle(note) {
  if (note.matches(".tone-danger, .tone-warning")) return;
  let timer = setTimeout(() => leave(note), STAY);
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("focusin", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => {
    timer = setTimeout(() => leave(note), STAY);
  });
}

function toast({ text, tone = "info", url = "", action = "" }) {
  const template = document.querySelector(`[data-toast-template="${tone}"]`) ?? document.querySelector("[data-toast-template=info]");
  const note = template.content.firstElementChild.cloneNode(true);
  const words = note.querySelector(".toast-text");
  words.textContent = text;
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = action || region.dataset.open;
    words.append(" ", link);
  }
  region.append(note);
}

document.addEventListener("click", (event) => {
  const cross = event.target.closest("[data-toast-close]");
  if (cross) leave(cross.closest("[data-toast]"));
});

// From a fragment's HX-Trigger header, or from another module.
document.addEventListener("toast", (event) => toast(event.detail));

const BY_STATUS = { 401: "expired", 403: "forbidden", 404: "gone" };
document.addEventListener("htmx:responseError", (event) => {
  const words = region.dataset[BY_STATUS[event.detail.xhr.status] ?? "failed"];
  toast({ text: words, tone: "danger" });
});
document.addEventListener("htmx:sendError", () => toast({ text: region.dataset.offline, tone: "warning" }));
document.addEventListener("htmx:timeout", () => toast({ text: region.dataset.offline, tone: "warning" }));

// A refusal that the server aims at this region (HX-Retarget: #toasts) is shown whatever its status.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Retarget") !== "#toasts") return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

new MutationObserver((changes) => {
  const notes = changes.flatMap((one) => [...one.addedNodes]).filter((node) => node.matches?.("[data-toast]"));
  if (!notes.length) return;
  raise();
  notes.forEach(settle);
}).observe(region, { childList: true });

raise();
for (const note of region.querySelectorAll("[data-toast]")) settle(note);
