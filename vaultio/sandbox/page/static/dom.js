// Small helpers over the DOM. Whatever came from a call goes in as text, here and nowhere else.

export const $ = (id) => document.getElementById(id);

/** Make an element; children that are strings become text, null ones are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** Set a node's text, and touch it only where it changes: a selection in it stays. */
export function say(node, text) {
  const wanted = String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Set or remove an attribute where it changes. */
export function mark(node, name, value) {
  if (value === null || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Make a parent's children follow items: those that stay are kept with their focus and place. */
export function follow(parent, items, key, make, change = () => {}) {
  const wanted = new Set(items.map((item) => String(key(item))));
  const kept = new Map();
  for (const child of [...parent.children]) {
    if (wanted.has(child.dataset.key)) kept.set(child.dataset.key, child);
    else child.remove();
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let node = kept.get(name);
    if (!node) {
      node = make(item);
      node.dataset.key = name;
    }
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
    change(node, item);
  }
}

/** Make a table row; its cells are found again by name in its `parts`. */
export function row(...cells) {
  const node = el("tr", { role: "row" }, ...cells.map(([, cell]) => cell));
  node.parts = Object.fromEntries(cells);
  return node;
}

export const cell = (name, ...children) =>
  [name, el("td", { role: "cell", class: name }, ...children)];

const whole = new Intl.NumberFormat("en");
export const count = (value) => whole.format(value);
export const some = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

export function bytes(size) {
  if (size === null || size === undefined) return "–";
  if (size < 1000) return `${size} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let at = -1;
  do {
    size /= 1000;
    at += 1;
  } while (size >= 999.5 && at < units.length - 1);
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[at]}`;
}

/** Write seconds as 4:05 or 23:10:00. */
export function clock(seconds) {
  const all = Math.max(0, Math.ceil(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

/** Write a time span roughly: 8 s, 3 min, 2 h. */
export function span(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

/** Make a <time> of seconds since 1970, in the reader's zone. */
export function moment(at) {
  const date = new Date(at * 1000);
  const text = date.toLocaleTimeString("en-GB", { hour12: false });
  return el("time", { datetime: date.toISOString(), title: date.toLocaleString() }, text);
}
