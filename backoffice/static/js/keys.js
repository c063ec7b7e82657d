// Shortcuts. Pages declare them in HTML and need no script of their own:
//   data-key="e"           on a link or button: this key presses it      data-key-label  its name in the ? dialog
//   data-goto="o"          on a link: g, then o
//   data-rows / data-row   a list: j k move the cursor, x selects, Enter opens (data-href, else the row's first link)
const WAIT = 1200; // ms between g and its letter
const dialog = document.getElementById("keys");
const single = document.getElementById("keys-single");
let gone = 0;

function shown(element) {
  return element.getClientRects().length > 0;
}

function remembered() {
  try {
    return localStorage.getItem("single-keys") !== "off";
  } catch {
    return true;
  }
}

if (single) {
  single.checked = remembered();
  single.addEventListener("change", () => {
    try {
      localStorage.setItem("single-keys", single.checked ? "on" : "off");
    } catch {
      // holds for this page only
    }
  });
}

function press(element) {
  if (element.getAttribute("aria-disabled") === "true" || element.disabled) return;
  if (element.matches("input:not([type=button]):not([type=submit]), textarea, select")) element.focus();
  else element.click();
}

// --- the row cursor -------------------------------------------------------------------------------------------------
function rows() {
  const lists = [...document.querySelectorAll("[data-rows]")];
  const list = lists.find((one) => one.querySelector(".cursor")) ?? lists.find(shown);
  return list ? [...list.querySelectorAll("[data-row]")].filter(shown) : [];
}

function cursor() {
  return document.querySelector("[data-row].cursor");
}

function point(row) {
  for (const other of document.querySelectorAll("[data-row].cursor")) other.classList.remove("cursor");
  if (!row) return;
  row.classList.add("cursor");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(cursor());
  point(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)]);
}

function address(row) {
  return row.dataset.href || row.querySelector("a[href]")?.getAttribute("href");
}

function open(row, elsewhere) {
  const link = address(row);
  if (!link) return;
  if (elsewhere) window.open(link, "_blank", "noopener");
  else window.location.assign(link);
}

document.addEventListener("keydown", (event) => {
  const row = cursor();
  if (event.key !== "Enter" || !row || event.target !== row || event.defaultPrevented) return;
  event.preventDefault();
  open(row, event.ctrlKey || event.metaKey);
});

// A click anywhere in a row opens it, unless it lands on something of its own or marks text.
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row][data-href]");
  if (!row || event.defaultPrevented || event.button !== 0) return;
  if (event.target.closest("a, button, input, label, select, textarea, summary, .pick, [popover]")) return;
  if (String(window.getSelection())) return;
  open(row, event.ctrlKey || event.metaKey);
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  const now = cursor();
  if (now && row !== now && row) point(null);
  if (row && !row.classList.contains("cursor")) row.classList.add("cursor");
});

// --- the dialog of keys ---------------------------------------------------------------------------------------------
function entry(label, keys) {
  const line = document.createElement("div");
  const term = line.appendChild(document.createElement("dt"));
  term.textContent = label;
  const names = line.appendChild(document.createElement("dd"));
  for (const key of keys) names.appendChild(document.createElement("kbd")).textContent = key;
  return line;
}

function list(target, lines) {
  if (!target) return;
  target.replaceChildren(...lines);
  target.parentElement.hidden = !lines.length;
}

function name(element) {
  const own = (element.dataset.keyLabel || element.querySelector(".nav-title")?.textContent || element.textContent).trim();
  return element.dataset.area ? `${element.dataset.area}: ${own}` : own;
}

function describe() {
  const page = [...document.querySelectorAll("[data-key]")].filter(shown);
  list(document.querySelector("[data-keys-page]"), page.map((one) => entry(name(one), [one.dataset.key])));
  const areas = [...document.querySelectorAll("[data-goto]")];
  list(document.querySelector("[data-keys-goto]"), areas.map((one) => entry(name(one), ["g", one.dataset.goto])));
}

dialog?.addEventListener("toggle", describe);

// --- single keys ----------------------------------------------------------------------------------------------------
const actions = {
  j: () => move(1),
  k: () => move(-1),
  x: () => cursor()?.querySelector("[data-bulk-row]")?.click(),
  "?": () => document.dispatchEvent(new CustomEvent("console:dialog", { detail: { id: "keys" } })),
  "/": () => document.dispatchEvent(new CustomEvent("console:dialog", { detail: { id: "palette" } })),
};

function act(key) {
  if (Date.now() - gone < WAIT) {
    gone = 0;
    const area = [...document.querySelectorAll("[data-goto]")].find((one) => one.dataset.goto === key);
    if (area) window.location.assign(area.href);
    return;
  }
  if (key === "g") {
    gone = Date.now();
    return;
  }
  const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key && shown(one));
  if (target) press(target);
  else actions[key]?.();
}

document.addEventListener("console:key", (event) => {
  if (document.querySelector("dialog:modal")) return;
  if (event.detail.key !== "?" && single && !single.checked) return;
  act(event.detail.key);
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.code === "KeyK") {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("console:dialog", { detail: { id: "palette" } }));
  }
});
