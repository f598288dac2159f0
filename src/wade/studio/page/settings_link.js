/**
 * Settings in the address, after "#", and as a command that others can use: a reload and a bookmark begin with them. What
 * leads to this session or to files of this computer is left out.
 *
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./types.js").State} State
 */

const SHAREABLE = ["built_in", "generated", "formula"];
const OF_DATA = ["data", "rows", "noise"];

/** Whether its table comes with wade. @param {State} state */
export const isShareable = ({ data }) => SHAREABLE.includes(data.source);

/** Stands in a command for a table that only its owner has. */
export const OWN_TABLE = "TABLE.csv";

/** A command that begins the same training in any terminal. @param {State} state */
export function commandOf(state) {
  const table = isShareable(state) ? "" : `${OWN_TABLE} `;
  return `wade studio ${table}--settings "${written(state)}"`;
}

/** The settings in a command, in an address, or by themselves; "" where there are none. @param {string} text */
export function settingsIn(text) {
  const found = /--settings[ =]["']?([^"'\s]+)/.exec(text)?.[1] ?? text.split("#").at(-1) ?? "";
  return /^\s*[a-z_0-9]+=/.test(found) ? found.trim() : "";
}

/** @param {State} state @returns {string} */
export function written(state) {
  const pairs = new URLSearchParams();
  const { data } = state;
  if (isShareable(state)) {
    pairs.set("data", `${data.source}:${data.name}`);
    if (data.noise !== null) {
      pairs.set("noise", String(data.noise));
      pairs.set("rows", String(Object.values(data.rows).reduce((sum, rows) => sum + rows, 0)));
    }
  }
  for (const [name, value] of Object.entries(state.settings)) {
    if (!isShareable(state) && ["inputs", "target"].includes(name)) continue;
    if (value !== null) pairs.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return pairs.toString();
}

/** The settings and the data of an address. @param {string} hash */
export function read(hash) {
  const pairs = new URLSearchParams(hash.replace(/^#/, ""));
  /** @type {Record<string, any>} */
  const settings = {};
  for (const [name, value] of pairs) if (!OF_DATA.includes(name)) settings[name] = valueOf(value);
  const [source, ...rest] = (pairs.get("data") ?? "").split(":");
  const data = SHAREABLE.includes(source) ? {
    source: /** @type {"built_in" | "generated" | "formula"} */ (source), name: rest.join(":"),
    rows: pairs.has("rows") ? Number(pairs.get("rows")) : null, noise: pairs.has("noise") ? Number(pairs.get("noise")) : null,
  } : null;
  return { data, settings };
}

/** Takes over what an address says; whether it was taken. @param {string} hash @param {Store} store @returns {Promise<boolean>} */
export async function applied(hash, store) {
  if (!hash.includes("=")) return false;
  const { data, settings } = read(hash);
  try {
    if (data) await store.send({ command: "open_data", ...data });
    if (Object.keys(settings).length) await store.send({ command: "configure", settings });
    return true;
  } catch {
    return false; // The refusal is shown; what was there before it stays.
  }
}

/** Keeps the address equal to the state, and follows a link that is pasted into it. @param {Store} store */
export function keepInAddress(store) {
  let own = "";
  const leave = store.subscribe(["state"], () => {
    if (!store.state) return;
    const now = `#${written(store.state)}`;
    if (now !== own) history.replaceState(null, "", now);
    own = now;
  });
  const follow = () => {
    if (!location.hash.includes("=")) history.replaceState(null, "", own); // a link within the page
    else if (location.hash !== own) applied(location.hash, store);
  };
  window.addEventListener("hashchange", follow);
  return () => {
    leave();
    window.removeEventListener("hashchange", follow);
  };
}

/** @param {string} text */
function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
