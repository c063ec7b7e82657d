// Selecting rows: one by one, a run with Shift, the page, or everything that matches the filter.
// The search field of a list belongs to a form of its own (attribute form=), or Enter in it would press a bulk action.
// A <form data-bulk> holds the table (data-bulk-all, data-bulk-row) and the bar (core/components/bulk_bar.html).
let last = null;

function parts(form) {
  return {
    bar: form.querySelector("[data-bulk-bar]"),
    all: form.querySelector("[data-bulk-all]"),
    rows: [...form.querySelectorAll("[data-bulk-row]")],
    scope: form.querySelector("[data-bulk-scope]"),
    whole: form.querySelector("[data-bulk-whole]"),
    count: form.querySelector("[data-bulk-count]"),
  };
}

function refresh(form, whole = false) {
  const { bar, all, rows, scope, whole: offer, count } = parts(form);
  if (!bar) return;
  const picked = rows.filter((one) => one.checked).length;
  const full = picked > 0 && picked === rows.length;
  if (all) {
    all.checked = full;
    all.indeterminate = picked > 0 && !full;
  }
  if (scope) scope.value = whole ? "filter" : "selected";
  if (offer) offer.hidden = !full || whole;
  bar.hidden = picked === 0;
  const number = new Intl.NumberFormat(document.documentElement.lang).format(picked);
  count.textContent = whole ? count.dataset.textWhole : count.dataset.text.replace("{n}", number);
}

document.addEventListener("click", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (!form) return;
  const { rows } = parts(form);
  if (event.target.matches("[data-bulk-row]")) {
    const at = rows.indexOf(event.target);
    const from = rows.indexOf(last);
    if (event.shiftKey && from >= 0) {
      for (const one of rows.slice(Math.min(at, from), Math.max(at, from) + 1)) one.checked = event.target.checked;
    }
    last = event.target;
    refresh(form);
  } else if (event.target.matches("[data-bulk-all]")) {
    for (const one of rows) one.checked = event.target.checked;
    refresh(form);
  } else if (event.target.closest("[data-bulk-whole]")) {
    refresh(form, true);
  } else if (event.target.closest("[data-bulk-none]")) {
    for (const one of rows) one.checked = false;
    refresh(form);
  } else if (event.target.closest("[type=submit][aria-disabled=true]")) {
    event.preventDefault();
  }
});

// Enter on a tick would press the first button of the form: an action that nobody chose.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-bulk-row], [data-bulk-all]")) event.preventDefault();
});

function start() {
  for (const form of document.querySelectorAll("form[data-bulk]")) refresh(form);
}
document.addEventListener("htmx:afterSettle", start);
window.addEventListener("pageshow", start); // the browser restores ticks when one comes back
start();
