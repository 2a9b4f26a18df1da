// Documents: a list to search in, which is asked for again when a call has changed something.

import { $, bytes, cell, count, el, follow, mark, row, say, some } from "./dom.js";
import { openDocument, refreshDocument } from "./detail.js";
import { shown } from "./server.js";

const PAGE = 25;
const TYPING_MS = 250;
const AT_MOST_EVERY_MS = 2000;

let limit = PAGE;
let asked = { sign: "", at: 0 };
let running = 0;
let typing = 0;

function makeRow(document) {
  const name = el("button", { type: "button", class: "open", onclick: () => openDocument(document.id) });
  const kind = el("bdi", { class: "muted" });
  return Object.assign(
    row(
      cell("name", name, kind),
      cell("code"),
      cell("state"),
      cell("version"),
      cell("size number"),
    ),
    { inner: { name, kind } },
  );
}

function showRow({ parts, inner }, document) {
  say(inner.name, document.name || "(no name)");
  const attached = document.attachments ? ` · ${some(document.attachments, "attachment")}` : "";
  say(inner.kind, `${document.binder ? "Binder · " : ""}${document.type}${attached}`);
  say(parts.code, document.number);
  say(parts.state, document.state);
  say(parts.version, document.versions > 1 ? `${document.version} of ${document.versions}` : document.version);
  say(parts["size number"], bytes(document.size));
}

async function load() {
  const turn = ++running;
  const search = $("documents-search").value.trim();
  const { found, documents } = await shown("documents", { search, limit });
  if (turn !== running) return; // somebody has typed on
  follow($("documents-rows"), documents, (document) => document.id, makeRow, showRow);
  say($("documents-found"), search ? `${some(found, "document")} found` : some(found, "document"));
  $("documents-none").hidden = found > 0;
  const left = found - documents.length;
  $("documents-more").hidden = left <= 0;
  say($("documents-more"), `Show more (${count(left)} left)`);
}

/** Ask again, and at the next occasion if it failed. */
async function again() {
  try {
    await load();
  } catch {
    asked = { sign: "", at: asked.at };
  }
}

export function showDocuments(state, restarted) {
  const { total, revision } = state.documents;
  const sign = `${state.id} ${total} ${revision}`;
  const now = performance.now();
  if (sign === asked.sign || (now - asked.at < AT_MOST_EVERY_MS && !restarted)) return;
  asked = { sign, at: now };
  again();
  refreshDocument();
}

// How many there are is read out to those who search, and not whenever a call adds one.
for (const [event, live] of [["focus", "polite"], ["blur", "off"]]) {
  $("documents-search").addEventListener(event, () => mark($("documents-found"), "aria-live", live));
}
$("documents-search").addEventListener("input", () => {
  limit = PAGE;
  clearTimeout(typing);
  typing = setTimeout(again, TYPING_MS);
});
$("documents-more").addEventListener("click", () => {
  limit = Math.min(limit * 2, 200);
  again();
});
