/** Save and open the model, and a link that others can use. */
import { make } from "../drawing/elements.js";
import { linkOf } from "../settings_link.js";

/** @typedef {import("../store.js").View} View */

/** @type {View} */
export function keeping(element, store) {
  const file = make("input", { type: "file", accept: ".wade", hidden: true, "aria-label": "A model file (.wade)",
    tabindex: -1, onchange: () => {
      const chosen = file.files?.[0];
      if (chosen) store.upload(chosen).then(() => store.say(`${chosen.name} is open.`), () => {});
      file.value = "";
    } });
  element.append(
    make("div", { class: "flow" },
      make("button", { type: "button", onclick: () => save() }, "Save model (.wade)"),
      make("button", { type: "button", onclick: () => file.click() }, "Open model …"), file,
      make("button", { type: "button", onclick: () => record(), title: "A page of one file that replays this training" },
        "Save recording (.html)"),
      make("button", { type: "button", "data-command": "copy", onclick: () => copy() }, "Copy link")),
    make("p", { class: "soft" }, "The link holds the settings, and built-in or generated data; it holds no rows of your own "
      + "table and no key to this session. A recording replays the training from its first step, without wade and "
      + "without a network; it holds the drawn rows."));

  const save = () => store.send({ command: "save", what: "model" }).catch(() => {});
  const record = () => {
    store.say("The training is recorded, which takes some seconds.");
    store.send({ command: "save", what: "recording" }).catch(() => {});
  };
  const copy = async () => {
    if (!store.state) return;
    const link = linkOf(store.state);
    try {
      await navigator.clipboard.writeText(link);
      store.say("The link is copied. What follows # are the settings: they work behind the address of any studio.");
    } catch {
      window.prompt("The browser does not let the page write to the clipboard. Copy the link:", link);
    }
  };
  return () => element.replaceChildren();
}
