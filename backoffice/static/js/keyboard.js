// Scan screens keep the on-screen keyboard down, or it would cover half the phone at every scan; a button brings it up.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-keyboard]");
  const field = button && document.getElementById(button.dataset.keyboard);
  if (!field) return;
  const up = field.inputMode === "none";
  field.inputMode = up ? "text" : "none";
  button.setAttribute("aria-pressed", String(up));
  field.blur(); // the keyboard follows the next focus
  field.focus();
});
