// Who is logged in. A session's id is as good as a password, and never gets here.

import { act } from "./act.js";
import { $, clock, count, el, follow, say, some, span } from "./dom.js";

function makeSession() {
  const parts = { user: el("bdi", { class: "strong" }), kind: el("span", { class: "chip" }), about: el("p", { class: "foot muted" }) };
  const node = el("li", {}, el("p", { class: "head" }, parts.user, parts.kind), parts.about);
  node.parts = parts;
  return node;
}

function showSession({ parts }, session) {
  say(parts.user, session.user);
  say(parts.kind, session.token ? "access token" : "session");
  const use = session.open_calls ? some(session.open_calls, "call") + " running" : `last call ${span(session.unused_s)} ago`;
  const end = session.ends_in_s === null ? "never idles" : `ends in ${clock(session.ends_in_s)} if unused`;
  say(parts.about, `Logged in ${span(session.age_s)} ago · ${use} · ${end}`);
}

export function showSessions(state) {
  const rows = state.sessions.map((session, at) => ({ ...session, at })).reverse();
  follow($("sessions-list"), rows, (session) => session.at, makeSession, showSession);
  $("sessions-none").hidden = rows.length > 0;
  $("sessions-end").hidden = rows.every((session) => session.token);
  const failed = state.failed_logins ? `, ${count(state.failed_logins)} failed` : "";
  say($("sessions-said"), `${some(state.logins, "login")}${failed}; ${some(state.sessions_total, "session")} open.`);
}

act($("sessions-end"), "POST", "sessions/end");
