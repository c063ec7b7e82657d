// Jobs under way. htmx polls (core/components/job.html); here: rest while nobody looks, and tell when one ends.
const region = document.getElementById("toasts");
const running = new Map();

function note(job) {
  running.set(job.dataset.job, job.dataset.running === "yes");
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const byTimer = event.detail.elt.matches("[data-job]");
  if (byTimer && document.hidden) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", () => {
  for (const job of document.querySelectorAll("[data-job]")) {
    const before = running.get(job.dataset.job);
    note(job);
    if (before && job.dataset.running !== "yes") {
      const text = region.dataset.job.replace("{title}", job.dataset.title).replace("{state}", job.dataset.label);
      const tone = job.dataset.state === "failed" ? "danger" : "success";
      document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone, url: job.dataset.url } }));
      document.dispatchEvent(new CustomEvent("console:job", { detail: { id: job.dataset.job, state: job.dataset.state } }));
    }
  }
});

for (const job of document.querySelectorAll("[data-job]")) note(job);
