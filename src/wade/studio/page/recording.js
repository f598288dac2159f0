/**
 * A channel over a recording: moments of a training that are shown again, without a server.
 *
 * @typedef {import("./channel.js").Channel} Channel
 * @typedef {import("./channel.js").Heard} Heard
 * @typedef {import("./channel.js").Ask} Ask
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Curves} Curves
 * @typedef {import("./types.js").MathematicsShown} MathematicsShown
 * @typedef {{states: State[], answers: Record<string, any[]>, frames: ArrayBuffer[], curves: Curves}} Recording
 */
import { Refused } from "./channel.js";
import { frameOf } from "./frames.js";

const MOMENTS_A_SECOND = 12;
const OF_TRAINING = "This is a recording, which can be watched but not changed. To train, open it in wade: wade studio.";
const OF_LOOKS = "The recording holds one row, one weight and one pair of columns. In wade studio, all can be chosen.";
const NOT_RECORDED = "The recording does not hold this. In wade studio it can be seen.";

/** The content of a file: base64 of deflated bytes. @param {string} text @returns {Promise<Recording>} */
export async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const content = await new Response(stream).arrayBuffer();
  const length = new DataView(content).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  /** @type {State[]} */
  const states = [];
  for (const changed of header.states) states.push({ ...states.at(-1), ...changed });
  const { answers } = header;
  answers.mathematics.forEach((/** @type {MathematicsShown} */ one, /** @type {number} */ moment) => {
    one.sections = header.sections.map((/** @type {any[]} */ each) => each[moment]).filter(Boolean);
  });
  return { states, answers, frames: framesOf(content, 4 + length, header.frames), curves: header.curves };
}

/** @param {ArrayBuffer} content @param {number} begin @param {number[]} sizes */
function framesOf(content, begin, sizes) {
  /** @type {ArrayBuffer[]} */
  const frames = [];
  let before = new Uint8Array(0);
  for (const size of sizes) {
    const frame = content.slice(begin, begin + size);
    const payload = new Uint8Array(frame, 8 + new DataView(frame).getUint32(4, true));
    // Of one length with the payload before it, it is the difference to that, modulo 256.
    if (payload.length === before.length) before.forEach((value, place) => (payload[place] += value));
    frames.push(frame);
    before = payload;
    begin += size;
  }
  return frames;
}

/** @param {Recording} recording @returns {Channel} */
export function replay({ states, answers, frames, curves }) {
  /** @type {{[K in keyof Heard]: Set<(value: any) => void>}} */
  const listeners = {
    state: new Set(), curves: new Set(), frame: new Set(), file: new Set(), lost: new Set(), found: new Set(),
  };
  const last = states.length - 1;
  let at = 0;
  let timer = 0;

  /** @template {keyof Heard} K @param {K} kind @param {Heard[K]} value */
  const say = (kind, value) => listeners[kind].forEach((listener) => listener(value));
  /** @returns {State} */
  const state = () => ({ ...states[at], running: timer !== 0, can_go_back: at > 0 });
  const tell = () => {
    say("state", state());
    say("curves", until(curves, states[at].step));
    say("frame", frameOf(frames[at]));
  };
  const pause = () => {
    window.clearInterval(timer);
    timer = 0;
  };
  /** @param {number} moment */
  const seek = (moment) => {
    at = Math.max(0, Math.min(last, moment));
    if (at === last) pause();
    tell();
  };
  const play = () => {
    pause();
    if (at === last) at = 0;
    timer = window.setInterval(() => seek(at + 1), 1000 / MOMENTS_A_SECOND);
    tell();
  };
  /** @param {number} count the moment that is so many moments on, or so many steps or more where they are recorded */
  const move = (count) => {
    const wanted = states[at].step + count;
    if (Math.abs(count) === 1) return at + count;
    return count > 0 ? firstFrom(states, wanted, at + 1) : lastUpTo(states, wanted, at - 1);
  };

  /** The answer of this moment. @param {string} key */
  const recorded = (key) => {
    const found = answers[key]?.[at];
    if (!found) throw new Refused(NOT_RECORDED);
    return found;
  };
  /** @param {Ask} command @returns {any} */
  const answer = (command) => {
    switch (command.command) {
      case "open":
        queueMicrotask(tell);
        return state();
      case "play":
        return void play();
      case "pause":
        pause();
        return void tell();
      case "step": {
        const size = command.unit === "epoch" ? Math.ceil(states[at].rows_per_epoch / states[at].settings.batch_size) : 1;
        pause();
        return void seek(move((command.count ?? 1) * size));
      }
      case "restart":
        if (command.seed === "new") throw new Refused(OF_TRAINING);
        pause();
        return void seek(0);
      case "mathematics":
        return answers.mathematics[at];
      case "program":
        return recorded(command.language === "wade" ? "program" : "");
      case "numbers":
        return recorded(`numbers ${command.of} ${command.name ?? ""}`);
      case "view":
      case "credit":
        return null;
      case "select":
        throw new Refused(OF_LOOKS);
      default:
        throw new Refused(OF_TRAINING);
    }
  };

  queueMicrotask(() => say("found", null));
  return {
    recording: { moments: states.length, moment: () => at, seek },
    send: async (command) => answer(command),
    upload: async () => {
      throw new Refused(OF_TRAINING);
    },
    drawn: () => {},
    on: (kind, listener) => {
      listeners[kind].add(listener);
      return () => listeners[kind].delete(listener);
    },
    close: pause,
  };
}

/** The curves up to a step. @param {Curves} curves @param {number} step @returns {Curves} */
function until(curves, step) {
  const count = curves.steps.filter((each) => each <= step).length;
  const measured = curves.validation_steps.filter((each) => each <= step).length;
  return {
    ...curves,
    steps: curves.steps.slice(0, count), epochs: curves.epochs.slice(0, count), train: curves.train.slice(0, count),
    learning_rate: curves.learning_rate.slice(0, count),
    validation_steps: curves.validation_steps.slice(0, measured), validation: curves.validation.slice(0, measured),
    train_metric: curves.train_metric.slice(0, measured), validation_metric: curves.validation_metric.slice(0, measured),
  };
}

/** @param {State[]} states @param {number} step @param {number} from */
function firstFrom(states, step, from) {
  const found = states.findIndex((one, place) => place >= from && one.step >= step);
  return found < 0 ? states.length - 1 : found;
}

/** @param {State[]} states @param {number} step @param {number} to */
function lastUpTo(states, step, to) {
  return Math.max(0, states.filter((one, place) => place <= to && one.step <= step).length - 1); // steps rise
}
