/** The studio over any channel: a store, and what stands on the page. */
import { banner } from "./controls/banner.js";
import { keep } from "./controls/files.js";
import { notices } from "./controls/notices.js";
import { settings } from "./controls/settings.js";
import { standing } from "./controls/standing.js";
import { scrubber } from "./controls/scrubber.js";
import { transport } from "./controls/transport.js";
import { link } from "./linking.js";
import { numbersDialog } from "./numbers_dialog.js";
import { arrange } from "./panes.js";
import { alone, picture } from "./picture.js";
import { shortcuts } from "./shortcuts.js";
import { applied, keepInAddress } from "./settings_link.js";
import { Store } from "./store.js";
import { mathematics } from "./views/mathematics.js";
import { program } from "./views/program.js";

/** @typedef {import("./channel.js").Channel} Channel */

const KEY = "wade studio session"; // of this tab: a reload finds its session again

const RECORDED = ["picture", "mathematics", "program"]; // the panes of a recording

/** @param {Channel} channel @returns {Store} */
export function start(channel) {
  const store = new Store(channel);
  const waiting = at("waiting");
  channel.on("file", (file) => keep(file, store));
  channel.on("found", async () => {
    if (store.recording) {
      store.set("state", await store.send({ command: "open" }));
      begin(store);
      waiting.hidden = true;
      return;
    }
    const key = sessionStorage.getItem(KEY);
    const state = await store.send({ command: "open", session: key }).catch(() => null);
    if (!state) return; // lost again, or refused, which the store shows
    sessionStorage.setItem(KEY, state.session);
    store.set("state", state);
    if (state.session !== key) await applied(location.hash, store);
    if (!waiting.hidden) begin(store);
    waiting.hidden = true;
  });
  channel.on("lost", ({ reason }) => {
    waiting.textContent = reason || "There is no connection to the studio. It is looked for again every few seconds …";
  });
  return store;
}

/** @param {Store} store */
function begin(store) {
  banner(at("banner"), store);
  document.body.classList.toggle("is-recording", store.recording !== null);
  const controls = store.recording ? scrubber : transport;
  controls(at("transport"), store);
  standing(at("standing"), store);
  notices(at("notice"), at("announcer"), store);
  const panes = [
    { name: "settings", title: "Settings", fill: settings },
    { name: "picture", title: "Picture", fill: picture },
    { name: "mathematics", title: "Mathematics", fill: alone("The step at hand", mathematics) },
    { name: "program", title: "Program", fill: alone("The training as a program", program) },
  ];
  arrange(at("switch"), store.recording ? panes.filter(({ name }) => RECORDED.includes(name)) : panes, store);
  link(document.body, store);
  shortcuts(document.body, store);
  numbersDialog(document.body, store);
  if (!store.recording) keepInAddress(store);
}

/** @param {string} id @returns {HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
