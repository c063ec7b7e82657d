// A box to choose a row of another table (core/pages/picker.html): typing asks the server, arrows move, Enter takes.
//   data-url  answers with options;  data-by  names of fields of the same form that narrow the choice
const WAIT = 140; // ms after the last key
const timers = new WeakMap();

function parts(picker) {
  return {
    text: picker.querySelector("[data-picker-text]"),
    value: picker.querySelector("[data-picker-value]"),
    list: picker.querySelector("[data-picker-list]"),
    cross: picker.querySelector("[data-picker-clear]"),
  };
}

function options(list) {
  return [...list.querySelectorAll("[role=option]")];
}

function open(picker, isOpen) {
  const { text, list } = parts(picker);
  list.hidden = !isOpen;
  text.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) text.removeAttribute("aria-activedescendant");
}

function point(picker, option) {
  const { text, list } = parts(picker);
  options(list).forEach((one, index) => {
    one.id = `${list.id}-${index}`;
    one.setAttribute("aria-selected", String(one === option));
  });
  if (!option) return;
  text.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function pointed(list) {
  return list.querySelector("[aria-selected=true]");
}

function set(picker, value, title) {
  const { text, value: hidden, cross } = parts(picker);
  hidden.value = value;
  text.value = title;
  text.dataset.title = title;
  text.removeAttribute("aria-invalid");
  if (cross) cross.hidden = !value;
  open(picker, false);
  hidden.dispatchEvent(new Event("input", { bubbles: true }));
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
}

async function ask(picker, words) {
  const { text, list } = parts(picker);
  const address = new URL(picker.dataset.url, window.location.origin);
  address.searchParams.set("q", words);
  const form = text.form;
  for (const name of (picker.dataset.by ?? "").split(" ").filter(Boolean)) {
    const other = form?.elements.namedItem(name);
    if (other?.value) address.searchParams.set(name, other.value);
  }
  await window.htmx.ajax("GET", address.pathname + address.search, { target: list, swap: "innerHTML" });
  if (document.activeElement !== text) return;
  open(picker, true);
  point(picker, options(list)[0]);
}

function later(picker, words) {
  clearTimeout(timers.get(picker));
  timers.set(picker, setTimeout(() => ask(picker, words), WAIT));
}

document.addEventListener("focusin", (event) => {
  const text = event.target.closest("[data-picker-text]");
  if (!text) return;
  text.dataset.title ??= text.value;
  text.select();
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-picker-text]")) later(event.target.closest("[data-picker]"), event.target.value.trim());
});

document.addEventListener("click", (event) => {
  const picker = event.target.closest("[data-picker]");
  for (const other of document.querySelectorAll("[data-picker]")) if (other !== picker) open(other, false);
  if (!picker) return;
  const { text, list } = parts(picker);
  const option = event.target.closest("[role=option]");
  if (option) {
    set(picker, option.dataset.value, option.dataset.title);
    text.focus();
  } else if (event.target.closest("[data-picker-clear]")) {
    set(picker, "", "");
    text.focus();
  } else if (event.target === text && list.hidden) later(picker, "");
});

document.addEventListener("keydown", (event) => {
  const text = event.target.closest?.("[data-picker-text]");
  if (!text || event.ctrlKey || event.metaKey || event.altKey) return;
  const picker = text.closest("[data-picker]");
  const { list } = parts(picker);
  const all = options(list);
  const at = all.indexOf(pointed(list));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) later(picker, "");
    else point(picker, all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else if (event.key === "Enter" && !list.hidden) {
    event.preventDefault();
    const option = pointed(list);
    if (option) set(picker, option.dataset.value, option.dataset.title);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    event.stopPropagation();
    open(picker, false);
  }
});

// Leaving the box with words that are no choice: an emptied box chooses nothing, anything else goes back to what was chosen.
document.addEventListener("focusout", (event) => {
  const picker = event.target.closest("[data-picker]");
  if (!picker || picker.contains(event.relatedTarget)) return;
  const { text } = parts(picker);
  setTimeout(() => {
    if (picker.contains(document.activeElement)) return;
    clearTimeout(timers.get(picker));
    open(picker, false);
    if (!text.value.trim() && picker.querySelector("[data-picker-clear]")) set(picker, "", "");
    else text.value = text.dataset.title ?? text.value;
  }, 150);
});
