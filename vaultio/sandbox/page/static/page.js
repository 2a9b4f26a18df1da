// Asks the sandbox once a second what has changed, and tells the panels.

import { showCalls } from "./calls.js";
import { showDocuments } from "./documents.js";
import { $, mark, say } from "./dom.js";
import { showFaults } from "./faults.js";
import { showJobs } from "./jobs.js";
import { showQuota } from "./quota.js";
import { shown } from "./server.js";
import { showSessions } from "./sessions.js";
import "./theme.js";

const EVERY_MS = 1000;
const LOST_EVERY_MS = 2000;
const PANELS = [showQuota, showCalls, showFaults, showJobs, showSessions, showDocuments];

let known = { id: "", last: 0 };
let timer = 0;
let asking = false;
let again = false;

function link(state, text) {
  mark($("link"), "data-state", state);
  say($("link-said"), text);
}

function show(state) {
  const restarted = known.id !== "" && known.id !== state.id;
  known = { id: state.id, last: state.last_call };
  for (const panel of PANELS) panel(state, restarted);
}

/** Ask, and say how that went; null if there was no answer. */
async function ask() {
  try {
    const state = await shown("state", { id: known.id, since: known.last });
    link("live", "Live");
    return state;
  } catch (error) {
    const away = error instanceof TypeError || error.name === "TimeoutError";
    link("lost", away ? "Not reachable, trying again" : error.message);
    return null;
  }
}

/** Ask once and show it; a browser tab that nobody sees does not ask. */
async function beat() {
  clearTimeout(timer);
  again = asking;
  if (asking || document.hidden) return;
  asking = true;
  const state = await ask();
  try {
    if (state) show(state);
  } finally {
    asking = false;
    timer = setTimeout(beat, again ? 0 : state ? EVERY_MS : LOST_EVERY_MS);
  }
}

say($("address"), new URL("api", document.baseURI).href);
document.addEventListener("visibilitychange", beat);
document.addEventListener("changed", beat); // somebody has switched something
beat();
