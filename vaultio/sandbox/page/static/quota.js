// The burst and the daily window, and the calls of the last burst window as bars.

import { $, clock, count, el, say } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 100;

function part(tag, attributes, parent) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
  return node;
}

function makeWindow(parent, title) {
  const left = el("strong");
  const of = el("span");
  const turns = el("p", { class: "turns" });
  const fill = el("div", { class: "fill" });
  const meter = el("div", { class: "meter", role: "meter", "aria-label": `${title}, calls used` }, fill);
  parent.append(el("h3", {}, title), el("p", { class: "left" }, left, of), meter, turns);
  return { left, of, turns, fill, meter };
}

function showWindow(view, shown) {
  const { limit, used } = shown;
  const turns = `Turns in ${clock(shown.turns_in_s)}`;
  say(view.turns, turns);
  view.meter.hidden = limit === null;
  if (limit === null) {
    say(view.left, count(used));
    say(view.of, " used, no limit");
    return;
  }
  const left = Math.max(0, limit - used);
  const share = limit ? Math.min(1, used / limit) : 1;
  say(view.left, count(left));
  say(view.of, ` of ${count(limit)} left`);
  view.fill.style.transform = `scaleX(${share})`;
  view.meter.dataset.level = share < 0.75 ? "calm" : share < 1 ? "high" : "full";
  const values = { valuemin: 0, valuemax: limit, valuenow: Math.min(used, limit) };
  for (const [name, value] of Object.entries(values)) view.meter.setAttribute(`aria-${name}`, value);
  view.meter.setAttribute("aria-valuetext", `${count(used)} of ${count(limit)} calls used`);
}

function makePulse(parent, parts) {
  const chart = el("div", { class: "chart" });
  parent.append(chart);
  const svg = part("svg", { viewBox: `0 0 ${parts} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" }, chart);
  const pace = part("line", { class: "pace", x1: 0, x2: parts, "vector-effect": "non-scaling-stroke" }, svg);
  const bars = Array.from({ length: parts }, (_, at) => part("rect", { x: at + 0.12, width: 0.76 }, svg));
  const turn = part("line", { class: "turn", y1: 0, y2: HEIGHT, "vector-effect": "non-scaling-stroke" }, svg);
  const turned = el("span", { class: "turned", "aria-hidden": "true" }, "turned");
  chart.append(turned);
  const most = el("span");
  const caption = el("figcaption", {}, el("span", {}, ""), most, el("span", {}, "now"));
  const title = el("h3");
  parent.prepend(title);
  parent.append(caption);
  return { title, svg, pace, bars, turn, turned, most, ago: caption.firstElementChild };
}

function showPulse(view, { bars, part_s: seconds, turned }, limit) {
  const pace = limit / bars.length;
  const highest = Math.max(...bars);
  const top = Math.max(highest, pace * 1.25, 1);
  bars.forEach((calls, at) => {
    // Even one call is to be seen.
    const height = calls ? Math.max(2, (calls / top) * HEIGHT) : 0;
    view.bars[at].setAttribute("height", height);
    view.bars[at].setAttribute("y", HEIGHT - height);
    view.bars[at].setAttribute("class", at < turned ? "before" : "");
  });
  const line = HEIGHT - (pace / top) * HEIGHT;
  view.pace.setAttribute("y1", line);
  view.pace.setAttribute("y2", line);
  view.turn.setAttribute("x1", turned);
  view.turn.setAttribute("x2", turned);
  view.turn.setAttribute("visibility", turned > 0 ? "visible" : "hidden");
  view.turned.hidden = turned <= 0;
  view.turned.style.left = `${(turned / bars.length) * 100}%`;
  view.turned.dataset.side = turned > bars.length * 0.8 ? "left" : "right";
  say(view.ago, `${clock(seconds * bars.length)} ago`);
  say(view.title, `Calls in the last ${clock(seconds * bars.length)}`);
  say(view.most, `most in ${seconds} s: ${count(highest)} · dotted: even pace`);
  const text = `Calls in each ${seconds} seconds of the last ${clock(seconds * bars.length)}; most: ${highest}`;
  view.svg.setAttribute("aria-label", text);
}

let views = null;

export function showQuota({ quota, pulse }) {
  views ??= {
    burst: makeWindow($("burst"), "Burst"),
    daily: makeWindow($("daily"), "Daily"),
    pulse: makePulse($("pulse"), pulse.bars.length),
  };
  say($("quota-calls"), count(quota.calls));
  say($("quota-refused"), count(quota.refused));
  say($("quota-delayed"), count(quota.delayed));
  showWindow(views.burst, quota.burst);
  showWindow(views.daily, quota.daily);
  showPulse(views.pulse, pulse, quota.burst.limit);
}
