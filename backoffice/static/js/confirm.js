// Asks before something that cannot be taken back: data-confirm="question" on a button, form or htmx element.
//   data-confirm-title, data-confirm-verb (the word on the button that goes ahead), data-confirm-tone="danger"
const dialog = document.getElementById("confirm");
const agreed = new WeakSet();

function ask(element) {
  const words = element.dataset;
  const yes = dialog.querySelector("[data-confirm-yes]");
  dialog.querySelector("#confirm-title").textContent = words.confirmTitle || dialog.dataset.title;
  dialog.querySelector("#confirm-text").textContent = words.confirm;
  yes.textContent = words.confirmVerb || dialog.dataset.verb;
  yes.classList.toggle("btn-danger-solid", words.confirmTone === "danger");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const asking = event.submitter?.dataset.confirm ? event.submitter : form.dataset.confirm ? form : null;
    if (!asking || agreed.delete(asking)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    ask(asking).then((yes) => {
      if (!yes) return;
      agreed.add(asking);
      form.requestSubmit(submitter);
    });
  },
  true,
);

document.addEventListener("htmx:confirm", (event) => {
  const element = event.detail.elt;
  if (!element.dataset.confirm || element.matches("form")) return;
  event.preventDefault();
  ask(element).then((yes) => yes && event.detail.issueRequest(true));
});
