// Jobs, the youngest first, and how far they are.

import { $, clock, el, follow, mark, say, some } from "./dom.js";
import { act } from "./act.js";

function makeJob() {
  const parts = {
    title: el("b"),
    label: el("bdi", { class: "muted" }),
    status: el("span", { class: "chip" }),
    fill: el("div", { class: "fill" }),
    left: el("span", { class: "muted" }),
  };
  const bar = el("div", { class: "meter", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, parts.fill);
  const head = el("p", { class: "head" }, parts.title, parts.label, parts.status);
  const node = el("li", {}, head, bar, el("p", { class: "foot" }, parts.left));
  node.parts = { ...parts, bar };
  return node;
}

function showJob({ parts, dataset }, job) {
  const percent = Math.round(job.part * 100);
  say(parts.title, `Job ${job.id}`);
  say(parts.label, job.label);
  say(parts.status, job.status);
  parts.fill.style.transform = `scaleX(${job.part})`;
  mark(parts.bar, "aria-valuenow", percent);
  mark(parts.bar, "aria-label", `Job ${job.id}`);
  const began = new Date(job.created * 1000).toLocaleTimeString("en-GB", { hour12: false });
  say(parts.left, job.finished ? `Started at ${began}` : `Done in ${clock(job.left_s)}`);
  parts.bar.hidden = job.finished;
  dataset.outcome = !job.finished ? "running" : job.status === "SUCCESS" ? "ok" : "failed";
}

export function showJobs(state) {
  follow($("jobs-list"), state.jobs, (job) => job.id, makeJob, showJob);
  const hidden = state.jobs_total - state.jobs.length;
  $("jobs-none").hidden = state.jobs.length > 0 && hidden === 0;
  say($("jobs-none"), hidden ? `and ${some(hidden, "older one")}` : "No job has been started yet.");
  $("jobs-finish").hidden = state.jobs.every((job) => job.finished);
}

act($("jobs-finish"), "POST", "jobs/finish");
