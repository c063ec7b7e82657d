// The search box that also goes places. Matches come from the server through htmx, commands from the links of the page.
const dialog = document.getElementById("palette");
const input = document.getElementById("palette-q");
const scanned = document.getElementById("palette-scan");
const found = document.getElementById("palette-found");
const commands = document.getElementById("palette-commands");
const template = document.getElementById("palette-command");

function options() {
  return [...dialog.querySelectorAll("[role=option]")];
}

function select(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  if (!option) {
    input.removeAttribute("aria-activedescendant");
    return;
  }
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function selected() {
  return dialog.querySelector("[aria-selected=true]");
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function command(link, index) {
  const item = template.content.firstElementChild.cloneNode(true);
  item.id = `command-${index}`;
  item.href = link.href;
  const own = link.querySelector("svg");
  if (own) item.querySelector("svg").replaceWith(own.cloneNode(true));
  item.querySelector(".palette-title").textContent = (link.dataset.command || link.querySelector(".nav-title")?.textContent || link.textContent).trim();
  item.querySelector(".muted").textContent = link.dataset.area ?? "";
  if (link.dataset.goto) {
    for (const key of ["g", link.dataset.goto]) item.querySelector(".palette-end").appendChild(document.createElement("kbd")).textContent = key;
  }
  return item;
}

function offer() {
  const wanted = plain(input.value.trim());
  const links = [...document.querySelectorAll("[data-command]")];
  const items = links.map(command).filter((item) => plain(item.textContent).includes(wanted));
  const title = document.createElement("div");
  title.className = "palette-group";
  title.textContent = dialog.dataset.go;
  commands.replaceChildren(...(items.length ? [title, ...items.slice(0, wanted ? 6 : 14)] : []));
  const nothing = found.querySelector("[data-nothing]");
  if (nothing) nothing.hidden = items.length > 0;
  select(options()[0]);
}

function clear() {
  input.value = "";
  scanned.value = "";
  found.replaceChildren();
}

if (dialog) {
  new MutationObserver(() => dialog.open && offer()).observe(dialog, { attributeFilter: ["open"] });
  dialog.addEventListener("close", clear);
  input.addEventListener("input", () => {
    scanned.value = "";
    if (!input.value.trim()) found.replaceChildren();
    offer();
  });
  input.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.indexOf(selected());
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      select(all[(next + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = selected();
      if (!option) return;
      if (event.ctrlKey || event.metaKey) window.open(option.href, "_blank", "noopener");
      else option.click();
    }
  });
  dialog.addEventListener("htmx:afterSwap", () => {
    const exact = scanned.value ? found.querySelectorAll("[data-exact]") : [];
    offer();
    if (exact.length === 1) exact[0].click();
  });
  // A scan on a page that has no use for it is a search.
  document.addEventListener("console:scan", (event) => {
    if (event.defaultPrevented) return;
    if (!dialog.open) {
      if (document.querySelector("dialog:modal")) return;
      dialog.showModal();
    }
    input.value = event.detail.code;
    scanned.value = "1";
    offer();
    input.dispatchEvent(new CustomEvent("scanned", { bubbles: true }));
  });
}
