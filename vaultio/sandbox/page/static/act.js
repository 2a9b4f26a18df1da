// Buttons that switch something in the sandbox.

import { change } from "./server.js";

/** Tell the page that something was switched: it looks at once and not in a second. */
export const changed = () => document.dispatchEvent(new Event("changed"));

/** Let a button send a request; *values* are made when it is pressed. */
export function act(button, method, path, said = () => {}) {
  button.addEventListener("click", async () => {
    try {
      said(await change(method, path));
    } catch (error) {
      said(null, error);
    }
    changed();
  });
}
