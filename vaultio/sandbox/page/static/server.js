// The sandbox as this page sees it. All addresses are relative: a page behind a prefix works too.

async function answer(response) {
  const said = await response.json();
  if (!response.ok || said.responseStatus === "FAILURE") throw new Error(said.message);
  return said;
}

const deadline = () => AbortSignal.timeout(10_000);

export const get = async (path, values = {}) =>
  answer(await fetch(`${path}?${new URLSearchParams(values)}`, { signal: deadline() }));

export const shown = (path, values) => get(`sandbox/page/${path}`, values);

export async function change(method, path, values) {
  const body = values === undefined ? undefined : JSON.stringify(values);
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  return answer(await fetch(`sandbox/${path}`, { method, headers, body, signal: deadline() }));
}
