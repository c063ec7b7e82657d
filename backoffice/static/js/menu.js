// Places menus (popovers of class "menu") beside their button, keeps them on the screen, and moves through them by arrow keys.
const GAP = 6;
const EDGE = 8;

function opener(menu) {
  const buttons = [...document.querySelectorAll(`[popovertarget="${CSS.escape(menu.id)}"]`)];
  return buttons.find((one) => one === document.activeElement) ?? buttons.find((one) => one.getClientRects().length) ?? buttons[0];
}

function place(menu) {
  const button = opener(menu);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const turned = document.documentElement.dir === "rtl";
  // The edge that lies nearer to the side of the page: a menu at the end of a bar hangs to the start.
  const hangsLeft = at.left + size.width > window.innerWidth - EDGE || (turned && at.right - size.width > EDGE);
  const left = hangsLeft ? at.right - size.width : at.left;
  const below = at.bottom + GAP + size.height <= window.innerHeight - EDGE;
  const top = below ? at.bottom + GAP : Math.max(at.top - GAP - size.height, EDGE);
  menu.style.left = `${Math.min(Math.max(left, EDGE), window.innerWidth - size.width - EDGE)}px`;
  menu.style.top = `${top}px`;
}

function choices(menu) {
  return [...menu.querySelectorAll(".menu-item, [role^=menuitem]")].filter((one) => one.getClientRects().length);
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu[popover]") || event.newState !== "open") return;
    place(menu);
    const first = menu.querySelector("[autofocus]") ?? menu.querySelector("[aria-checked=true]") ?? choices(menu)[0];
    if (menu.getAttribute("role") === "menu") first?.focus({ preventScroll: true });
  },
  true,
);

function replace() {
  for (const menu of document.querySelectorAll(".menu:popover-open")) place(menu);
}
window.addEventListener("scroll", replace, { passive: true, capture: true });
window.addEventListener("resize", replace);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[role=menu]");
  if (!menu) return;
  const all = choices(menu);
  const at = all.indexOf(event.target);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  all[(next + all.length) % all.length]?.focus();
});

document.addEventListener("click", (event) => {
  const item = event.target.closest(".menu[popover] .menu-item");
  if (!item) return;
  if (item.getAttribute("aria-disabled") === "true") event.preventDefault();
  else if (item.type !== "submit") item.closest("[popover]").hidePopover();
});
