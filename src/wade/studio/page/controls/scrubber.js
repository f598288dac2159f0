/** Moves through a recording: play and pause, moment by moment, or to any of them. */
import { make } from "../drawing/elements.js";
import { count } from "../drawing/format.js";
import { icon } from "./icons.js";

/** @typedef {import("../store.js").Store} Store */

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function scrubber(element, store) {
  const { recording } = store;
  if (!recording) return () => {};
  /** @param {string} command @param {Parameters<typeof icon>[0]} picture @param {string} label @param {() => unknown} onclick */
  const button = (command, picture, label, onclick) =>
    make("button", { type: "button", "data-command": command, title: label, "aria-label": label, onclick }, icon(picture));

  const restart = button("restart", "restart", "To the first moment", () => recording.seek(0));
  const back = button("back", "back", "One moment back", () => recording.seek(recording.moment() - 1));
  const forward = button("forward", "forward", "One moment on", () => recording.seek(recording.moment() + 1));
  const playing = make("button", { type: "button", class: "main play", "data-command": "play",
    onclick: () => store.send({ command: store.state?.running ? "pause" : "play" }) });
  const slider = make("input", { type: "range", class: "scrubber", min: 0, max: recording.moments - 1, step: 1, value: 0,
    "aria-label": "Moment of the recording", oninput: () => recording.seek(Number(slider.value)) });
  element.append(restart, back, playing, forward, slider);

  let shown = "";
  const leave = store.subscribe(["state"], () => {
    if (!store.state) return;
    const text = store.state.running ? "Pause" : "Play";
    if (text !== shown) playing.replaceChildren(icon(store.state.running ? "pause" : "play"), make("span", {}, text));
    shown = text;
    slider.value = String(recording.moment());
    slider.setAttribute("aria-valuetext", `step ${count(store.state.step)}`);
    restart.disabled = back.disabled = recording.moment() === 0;
    forward.disabled = recording.moment() === recording.moments - 1;
  });
  return () => {
    leave();
    element.replaceChildren();
  };
}
