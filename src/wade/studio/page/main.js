/** Begins: a channel, a store, and the views in their panes. */
import { connect } from "./channel.js";
import { link } from "./linking.js";
import { arrange } from "./panes.js";
import { Store } from "./store.js";

/** @typedef {import("./store.js").View} View */

const KEY = "wade studio session"; // of this tab: a reload finds its session again

const here = new URL("socket", location.href);
here.protocol = here.protocol.replace("http", "ws");
const channel = connect(here.href.split("#")[0]);
const store = new Store(channel);
const waiting = /** @type {HTMLElement} */ (document.getElementById("waiting"));

channel.on("found", async () => {
  const state = await store.send({ command: "open", session: sessionStorage.getItem(KEY) });
  sessionStorage.setItem(KEY, state.session);
  store.set("state", state);
  if (!waiting.hidden) begin();
});

function begin() {
  waiting.hidden = true;
  link(document.body, store);
  arrange(/** @type {HTMLElement} */ (document.getElementById("switch")), [
    { name: "settings", title: "Settings", fill: none },
    { name: "picture", title: "Picture", fill: none },
    { name: "mathematics", title: "Mathematics", fill: none },
    { name: "program", title: "Program", fill: none },
  ], store);
}

/** @type {View} */
const none = () => () => {};
