// The last calls, the youngest on top; they can be held, and cut down to those that failed.

import { $, cell, el, follow, moment, mark, row, say } from "./dom.js";

const MOST = 200;
const SUCCEEDED = new Set(["SUCCESS", "WARNING"]);

let calls = [];
let held = null;

/** Say how a call went: ok, warned, failed, or lost where no answer came. */
function outcome(call) {
  if (call.status === null) return "lost";
  if (call.status >= 400 || !SUCCEEDED.has(call.type)) return "failed";
  return call.type === "WARNING" || call.faults.length ? "warned" : "ok";
}

function makeRow(call) {
  const path = call.path.replace(/^\/api/, "");
  const faults = call.faults.map((kind) => [" ", el("span", { class: "chip fault" }, `fault: ${kind}`)]);
  const status = call.status === null ? "no answer" : String(call.status);
  const node = row(
    cell("time", moment(call.at)),
    cell("call", el("b", {}, call.method), "\u00a0", el("bdi", { title: call.path }, path), ...faults.flat()),
    cell("status", status),
    cell("type", el("span", { class: "chip" }, call.type || (call.status === null ? "lost" : "no envelope"))),
    cell("ms number", el("span", { class: "unit" }, call.milliseconds < 10 ? call.milliseconds.toFixed(1) : String(Math.round(call.milliseconds)))),
    cell("reference", el("bdi", { title: `execution id ${call.execution_id || "none"}` }, call.reference_id || "–")),
  );
  node.dataset.outcome = outcome(call);
  return node;
}

function draw() {
  const shown = held ?? calls;
  const chosen = $("calls-failed").checked ? shown.filter((call) => outcome(call) !== "ok") : shown;
  follow($("calls-rows"), chosen, (call) => call.number, makeRow);
  $("calls-none").hidden = chosen.length > 0;
  const missed = held ? (calls[0]?.number ?? 0) - (held[0]?.number ?? 0) : 0;
  say($("calls-pause"), held ? (missed ? `Go on (${missed} new)` : "Go on") : "Pause");
}

export function showCalls(state, restarted) {
  if (restarted) {
    calls = [];
    held = held && [];
    $("calls-rows").replaceChildren();
  }
  calls = [...state.calls.reverse(), ...calls].slice(0, MOST);
  draw();
}

$("calls-failed").addEventListener("change", draw);
$("calls-pause").addEventListener("click", (event) => {
  held = held ? null : calls;
  mark(event.target, "aria-pressed", held !== null ? "true" : "false");
  draw();
});
