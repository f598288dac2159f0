/** Play and pause, steps forward and back, a new start. */
import { make } from "../drawing/elements.js";
import { icon } from "./icons.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {{unit: import("../types.js").Step["unit"], count: number, text: string}} Stride
 */

/** @type {Stride[]} */
export const STRIDES = [
  { unit: "phase", count: 1, text: "1 phase" },
  { unit: "step", count: 1, text: "1 step" },
  { unit: "step", count: 10, text: "10 steps" },
  { unit: "step", count: 100, text: "100 steps" },
  { unit: "epoch", count: 1, text: "1 epoch" },
  { unit: "epoch", count: 10, text: "10 epochs" },
];
const SPEEDS = [
  ["1", "1 step/s"], ["5", "5 steps/s"], ["25", "25 steps/s"], ["200", "200 steps/s"], ["1000", "1,000 steps/s"], ["", "fastest"],
];
const FIRST_STRIDE = "1";
const FIRST_SPEED = "200"; // slow enough to be watched on a small table
const KEPT = "wade studio transport"; // of this tab: a reload finds both

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function transport(element, store) {
  const [firstStride, firstSpeed] = kept();
  const stride = make("select", { "aria-label": "Size of a step forward or back", onchange: () => keep() },
    ...STRIDES.map(({ text }, place) => make("option", { value: place, selected: String(place) === firstStride }, text)));
  const speed = make("select", { "aria-label": "Speed while playing", onchange: () => {
    keep();
    if (store.state?.running) play();
  } }, ...SPEEDS.map(([value, text]) => make("option", { value, selected: value === firstSpeed }, text)));
  stride.dataset.command = "stride";
  const keep = () => sessionStorage.setItem(KEPT, JSON.stringify([stride.value, speed.value]));

  const play = () => store.send({ command: "play", speed: speed.value ? Number(speed.value) : null });
  const pause = () => store.send({ command: "pause" });
  /** @param {1 | -1} direction */
  const move = async (direction) => {
    const { unit, count } = STRIDES[Number(stride.value)];
    try {
      if (store.state?.running) await pause();
      await store.send({ command: "step", unit, count: direction * count });
    } catch {
      // The store shows why.
    }
  };

  const restart = button("restart", "restart", "Restart from the same initial parameters (R)",
    () => store.send({ command: "restart", seed: "same" }));
  const other = button("other", "other", "Start from other initial parameters: the next seed (N)",
    () => store.send({ command: "restart", seed: "new" }));
  const back = button("back", "back", "Back (Left arrow)", () => move(-1));
  const forward = button("forward", "forward", "Forward (Right arrow)", () => move(1));
  const playing = make("button", { type: "button", class: "main play", "data-command": "play",
    onclick: () => (store.state?.running ? pause() : play()) });
  element.append(restart, other, back, playing, forward, stride, speed);

  let shown = "";
  const leave = store.subscribe(["state", "connected"], () => {
    const { running = false, can_go_back: canGoBack = false } = store.state ?? {};
    const text = running ? "Pause" : "Play";
    if (text !== shown) playing.replaceChildren(icon(running ? "pause" : "play"), make("span", {}, text));
    playing.title = `${text} (Space)`;
    shown = text;
    for (const one of [restart, other, playing, forward]) one.disabled = !store.connected;
    back.disabled = !store.connected || !canGoBack;
  });
  return () => {
    leave();
    element.replaceChildren();
  };
}

/** The stride and the speed that were chosen last. @returns {[stride: string, speed: string]} */
function kept() {
  const found = sessionStorage.getItem(KEPT);
  return found ? JSON.parse(found) : [FIRST_STRIDE, FIRST_SPEED];
}

/**
 * @param {string} command @param {Parameters<typeof icon>[0]} picture @param {string} title @param {() => unknown} onclick
 */
function button(command, picture, title, onclick) {
  const label = title.replace(/ \(.*\)$/, "");
  return make("button", { type: "button", "data-command": command, title, "aria-label": label, onclick }, icon(picture));
}
