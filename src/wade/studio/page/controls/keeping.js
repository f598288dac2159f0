/** Save and open the model, and settings as text that others can use. */
import { make } from "../drawing/elements.js";
import { discarding } from "./anew.js";
import { applied, commandOf, OWN_TABLE, settingsIn } from "../settings_link.js";

/** @typedef {import("../store.js").View} View */

/** @type {View} */
export function keeping(element, store) {
  const file = make("input", { type: "file", accept: ".wade", hidden: true, "aria-label": "A model file (.wade)",
    tabindex: -1, onchange: () => {
      const chosen = file.files?.[0];
      const say = discarding(store);
      if (chosen) store.upload(chosen).then(() => say(`${chosen.name} is open.`), () => {});
      file.value = "";
    } });
  const pasted = make("input", { type: "text", spellcheck: "false", "aria-label": "Settings to use",
    placeholder: "Paste settings" });
  element.append(
    make("div", { class: "flow" },
      make("button", { type: "button", onclick: () => save() }, "Save model (.wade)"),
      make("button", { type: "button", onclick: () => file.click() }, "Open model …"), file,
      make("button", { type: "button", onclick: () => record(), title: "A page of one file that replays this training" },
        "Save recording (.html)"),
      make("button", { type: "button", "data-command": "copy", onclick: () => copy() }, "Copy settings")),
    make("form", { class: "line", onsubmit: (event) => {
      event.preventDefault();
      use();
    } }, pasted, make("button", { type: "submit" }, "Apply")),
    make("p", { class: "soft" }, "What is copied is a command that opens a studio with this table and these settings; it can "
      + "also be pasted here. It names built-in and generated data, and holds no rows of your own table and no key to this "
      + "session. A recording replays the training from its first step, without wade and without a network; it holds the "
      + "drawn rows."));

  const save = () => store.send({ command: "save", what: "model" }).catch(() => {});
  const record = () => {
    store.say("The training is recorded, which takes some seconds.");
    store.send({ command: "save", what: "recording" }).catch(() => {});
  };
  const copy = async () => {
    if (!store.state) return;
    const command = commandOf(store.state);
    const own = command.includes(OWN_TABLE) ? ` Write the path of your table in place of ${OWN_TABLE}.` : "";
    try {
      await navigator.clipboard.writeText(command);
      store.say(`The settings are copied, as a command for a terminal.${own}`);
    } catch {
      window.prompt(`The browser does not let the page write to the clipboard. Copy the command:${own}`, command);
    }
  };
  const use = async () => {
    const settings = settingsIn(pasted.value);
    if (!settings) {
      store.refuse('These are no settings. Paste what "Copy settings" has copied, such as learning_rate=0.1.');
      return;
    }
    if (await applied(settings, store)) {
      pasted.value = "";
      store.say("The settings are in use.");
    }
  };
  return () => element.replaceChildren();
}
