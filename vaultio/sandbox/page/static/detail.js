// One document in a dialog: its versions with their files, its attachments, its fields.

import { $, bytes, el, say } from "./dom.js";
import { shown } from "./server.js";

const dialog = $("document");
let openId = null;
let drawn = "";

const link = (file) =>
  el("li", {}, el("span", { class: "muted" }, el("bdi", {}, file.title)), el("a", { href: file.href, download: true, "data-key": file.href }, el("bdi", {}, file.name)), el("span", { class: "number muted" }, bytes(file.size)));

const files = (list) => (list.length ? el("ul", { class: "files" }, list.map(link)) : el("p", { class: "empty" }, "No file."));

const facts = (pairs) => el("dl", { class: "facts" }, pairs.map(([name, value]) => el("div", {}, el("dt", {}, el("bdi", {}, name)), el("dd", {}, el("bdi", {}, value || "–")))));

function version(one) {
  const when = `${one.state} · created ${one.created.replace("T", " ").replace(/\.\d+Z$/, "")} by user ${one.created_by}`;
  return el("section", {}, el("h4", {}, `Version ${one.number}`), el("p", { class: "muted" }, when), files(one.files));
}

function attachment(one) {
  const said = one.description ? el("p", { class: "muted" }, one.description) : null;
  return el("section", {}, el("h4", {}, el("bdi", {}, one.name)), said, files(one.files));
}

function draw(shownDocument) {
  const { name, number, id, type, lifecycle, binder, locked_by: locked } = shownDocument;
  say($("document-title"), name || "(no name)");
  const about = [["Number", number], ["Id", String(id)], ["Type", type], ["Lifecycle", lifecycle], ["Kind", binder ? "Binder" : "Document"]];
  if (locked) about.push(["Locked by user", String(locked)]);
  const attachments = shownDocument.attachments.length ? [el("h3", {}, "Attachments"), ...shownDocument.attachments.map(attachment)] : [];
  const focused = document.activeElement?.dataset?.key;
  $("document-body").replaceChildren(
    facts(about),
    el("h3", {}, "Versions"),
    ...shownDocument.versions.map(version),
    ...attachments,
    el("h3", {}, "Fields of the latest version"),
    facts(Object.entries(shownDocument.fields)),
  );
  if (focused) dialog.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

async function load(id) {
  const found = await shown(`documents/${id}`);
  const sign = JSON.stringify(found);
  if (id !== openId || sign === drawn) return;
  drawn = sign;
  draw(found);
}

export async function openDocument(id) {
  openId = id;
  drawn = "";
  try {
    await load(id);
  } catch (error) {
    say($("document-title"), "This document is not there");
    $("document-body").replaceChildren(el("p", { class: "empty" }, error.message));
  }
  if (!dialog.open) dialog.showModal();
  $("document-title").focus();
  dialog.scrollTop = 0;
}

/** Look again if one is open; what is the same is not touched. */
export async function refreshDocument() {
  if (!dialog.open) return;
  try {
    await load(openId);
  } catch {
    // It stays as it was: deleted just now, or the sandbox is away.
  }
}

$("document-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close(); // beside it
});
