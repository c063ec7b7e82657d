// Dialogs: data-dialog="ID" opens, data-dialog-close or a click beside it closes, Escape comes with the element.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    opener.closest("[popover]")?.hidePopover();
    show(opener.dataset.dialog);
    return;
  }
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  else if (event.target.matches("dialog.dialog:modal") && beside(event)) event.target.close();
});

function beside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

function show(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

document.addEventListener("console:dialog", (event) => show(event.detail.id));

// An answer of the server opens or closes a dialog: HX-Trigger {"openDialog": {"id": "…"}} and {"closeDialog": {"id": "…"}}.
document.addEventListener("openDialog", (event) => show(event.detail.id));
document.addEventListener("closeDialog", (event) => document.getElementById(event.detail.id)?.close());
