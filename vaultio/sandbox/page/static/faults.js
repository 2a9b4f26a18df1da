// Faults: a form that offers all that there are, and the list of those that are switched on.

import { changed } from "./act.js";
import { $, count, el, follow, say, some } from "./dom.js";
import { change, shown } from "./server.js";

const LABELS = {
  type: "Error type",
  message: "Message",
  status: "HTTP status",
  body: "Body",
  after_bytes: "After so many bytes",
  seconds: "Seconds",
  bytes_per_second: "Bytes a second",
  value: "Value",
  minutes: "Minutes",
};
const IN_WORDS = {
  type: String,
  status: (status) => `HTTP ${status}`,
  after_bytes: (size) => `after ${some(size, "byte")}`,
  seconds: (seconds) => `${seconds} s`,
  bytes_per_second: (rate) => `${count(rate)} bytes a second`,
  value: String,
  minutes: (minutes) => `${minutes} min`,
};
const LIMITS = { status: { min: 200, max: 599 }, bytes_per_second: { min: 1 } };

let offers = [];
let waiting = false;

const offer = () => offers.find(({ kind }) => kind === $("fault-kind").value);
const title = (kind) => offers.find((one) => one.kind === kind)?.title ?? kind;

function field(name, value) {
  const id = `fault-${name}`;
  const isNumber = typeof value === "number";
  const attributes = isNumber ? { type: "number", min: 0, step: Number.isInteger(value) && name !== "seconds" ? 1 : "any", ...LIMITS[name] } : { spellcheck: "false" };
  const list = name === "type" ? "fault-types" : null;
  const input = el("input", { id, name, value, list, required: isNumber, ...attributes });
  return el("div", { class: isNumber ? null : "whole" }, el("label", { for: id }, LABELS[name] ?? name), input);
}

function showOffer() {
  const { about, values } = offer();
  say($("fault-about"), about);
  $("fault-values").replaceChildren(...Object.entries(values).map(([name, value]) => field(name, value)));
}

async function learn() {
  waiting = true;
  try {
    ({ offers } = await shown("offers"));
    $("fault-kind").replaceChildren(...offers.map((one) => el("option", { value: one.kind }, one.title)));
    showOffer();
  } finally {
    waiting = false;
  }
}

function wanted() {
  const { kind, values } = offer();
  const own = Object.keys(values).map((name) => {
    const text = $(`fault-${name}`).value;
    return [name, typeof values[name] === "number" ? Number(text) : text];
  });
  const number = (id) => ($(id).value === "" ? null : Number($(id).value));
  return {
    kind,
    ...Object.fromEntries(own),
    method: $("fault-method").value,
    path: $("fault-path").value,
    count: number("fault-count"),
    skip: number("fault-skip"),
    share: number("fault-share") / 100,
    seed: number("fault-seed"),
  };
}

async function switchOn(event) {
  event.preventDefault();
  try {
    const { fault } = await change("POST", "faults", wanted());
    say($("fault-said"), `Switched on: ${title(fault.kind)}.`);
  } catch (error) {
    say($("fault-said"), `Not done: ${error.message}`);
  }
  changed();
}

async function switchOff(path, said) {
  try {
    await change("DELETE", path);
    say($("fault-said"), said);
  } catch (error) {
    say($("fault-said"), `Not done: ${error.message}`);
  }
  // The button that had the focus is gone in a moment.
  $("fault-kind").focus({ preventScroll: true });
  changed();
}

function often(fault) {
  if (fault.count === 0) return "";
  const calls = fault.count === null ? "all calls" : fault.count === 1 ? "the next call" : `the next ${count(fault.count)} calls`;
  const share = fault.share < 1 ? `${+(fault.share * 100).toFixed(2)} % of ` : "";
  return `${share}${calls}${fault.skip ? `, after ${some(fault.skip, "more")}` : ""}`;
}

function makeFault(fault) {
  const off = () => switchOff(`faults/${fault.id}`, `Switched off: ${title(fault.kind)}.`);
  const parts = { title: el("b"), about: el("bdi"), off: el("button", { type: "button", class: "quiet", onclick: off }) };
  const node = el("li", {}, el("p", { class: "head" }, parts.title, parts.off), el("p", { class: "foot muted" }, parts.about));
  node.parts = parts;
  return node;
}

function showFault({ parts, dataset }, fault) {
  const own = offers.find(({ kind }) => kind === fault.kind)?.values ?? {};
  const done = fault.count === 0;
  say(parts.title, title(fault.kind));
  const details = Object.keys(own).map((name) => IN_WORDS[name]?.(fault[name]));
  const method = fault.method === "*" ? "" : `${fault.method} `;
  const whom = method || fault.path !== "*" ? `${method}${fault.path}` : "any call";
  const hits = fault.hits ? `hit ${some(fault.hits, "time")}` : "not hit yet";
  const about = [...details, whom, often(fault), hits];
  say(parts.about, about.filter(Boolean).join(" · "));
  say(parts.off, done ? "Remove" : "Switch off");
  parts.off.setAttribute("aria-label", `${done ? "Remove" : "Switch off"}: ${title(fault.kind)}`);
  dataset.outcome = done ? "done" : "on";
}

export function showFaults(state, restarted) {
  if ((!offers.length || restarted) && !waiting) learn();
  // Those that still wait for calls come first.
  const faults = [...state.faults].sort((one, other) => (one.count === 0) - (other.count === 0));
  follow($("faults-list"), faults, (fault) => fault.id, makeFault, showFault);
  $("faults-clear").hidden = state.faults.length < 2;
}

$("fault").addEventListener("submit", switchOn);
$("fault-kind").addEventListener("change", showOffer);
$("faults-clear").addEventListener("click", () => switchOff("faults", "All faults are switched off."));
