// Page: training/runs.html. Moves the progress bars while trainings run; a finished one reloads the page once.

interface JobState { id: number; state: string; done: number; total: number; message: string }

const section = document.querySelector<HTMLElement>("[data-jobs-url]");

async function refresh(root: HTMLElement): Promise<void> {
  const answer = await fetch(root.dataset.jobsUrl ?? "", { credentials: "same-origin" });
  if (!answer.ok) return;
  const { jobs } = (await answer.json()) as { jobs: JobState[] };
  const known = new Map(jobs.map((job) => [String(job.id), job]));
  for (const meter of root.querySelectorAll<HTMLElement>("[data-job]")) {
    const job = known.get(meter.dataset.job ?? "");
    if (!job) return location.reload();
    const bar = meter.querySelector("progress");
    if (bar) { bar.max = job.total || 1; bar.value = job.done; }
    const value = meter.querySelector("[data-value]");
    if (value) value.textContent = `${job.done} / ${job.total}`;
    const message = meter.querySelector("[data-message]");
    if (message) message.textContent = job.message;
  }
}

if (section) setInterval(() => void refresh(section), 2000);
