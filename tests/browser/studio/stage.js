/** One view over a channel that answers from a table, and keeps what it was asked. */
import { frameOf } from "./frames.js";
import { link } from "./linking.js";
import { Store } from "./store.js";

const listeners = {};
const stage = {
  sent: [],
  replies: {},
  frames: 0,
  say: (kind, value) => listeners[kind]?.forEach((listener) => listener(value)),
  frame: (base64) => stage.say("frame", frameOf(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer)),
  /** Two animation frames: what was said is drawn. */
  drawn: () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30)))),
  mount: async (name) => {
    const view = (await import(`./views/${name}.js`))[name];
    stage.destroy = view(document.getElementById("view"), stage.store);
    await stage.drawn();
  },
};
stage.store = new Store({
  send: async (command) => {
    stage.sent.push(command);
    const reply = stage.replies[command.command];
    if (reply?.error) throw new Error(reply.error);
    return reply ?? null;
  },
  upload: async () => null,
  drawn: () => { stage.frames += 1; },
  on: (kind, listener) => {
    (listeners[kind] ??= []).push(listener);
    return () => {};
  },
  close: () => {},
});
link(document.body, stage.store);
window.stage = stage;
