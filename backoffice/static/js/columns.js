// Putting a list of choices in order: data-sortable on the list, data-move="-1" or "1" on buttons of its items.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  const item = button?.closest("[data-sortable] > *");
  if (!item) return;
  const other = button.dataset.move === "-1" ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (button.dataset.move === "-1") other.before(item);
  else other.after(item);
  button.focus();
});
