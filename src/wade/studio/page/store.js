/**
 * What the page knows: the latest state, curves and frame, and what is pointed at. Views draw it and ask for changes.
 *
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Curves} Curves
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {import("./channel.js").Channel} Channel
 * @typedef {import("./channel.js").Ask} Ask
 * @typedef {"state" | "curves" | "frame" | "hover" | "connected" | "notice" | "panes" | "numbers"} Key
 * @typedef {{text: string, run: () => unknown}} Action
 * @typedef {{text: string, isError: boolean, setting: string | null, action?: Action}} Notice
 * @typedef {(element: HTMLElement, store: Store) => () => void} View
 */
import { Refused } from "./channel.js";

/** What pages ask by themselves: an answer says nothing of what was refused before. */
const QUESTIONS = ["mathematics", "numbers", "program", "view"];

/** Values by key; listeners are called once per animation frame, after all that has changed by then. */
export class Store {
  /** @type {State | null} */ state = null;
  /** @type {Curves | null} */ curves = null;
  /** @type {Frame | null} */ frame = null;
  /** The address that is pointed at, or "". */ hover = "";
  connected = false;
  /** Why the connection ended for good; "" where it is looked for again. */ ended = "";
  /** What was said last: of a command that was refused, or done. @type {Notice | null} */ notice = null;
  /** Names of the panes that are shown. @type {string[]} */ panes = [];
  /** The table of numbers that is open. @type {{of: import("./types.js").Numbers["of"], name?: string} | null} */
  numbers = null;

  /** @type {Map<() => void, Set<Key>>} */ #listeners = new Map();
  /** @type {Set<Key>} */ #changed = new Set();
  #channel;

  /** @param {Channel} channel */
  constructor(channel) {
    this.#channel = channel;
    /** Where a recording is replayed: its moments, and which of them is shown. */
    this.recording = channel.recording ?? null;
    channel.on("state", (state) => {
      if (this.state && tableOf(this.state) !== tableOf(state)) this.set("frame", null); // it is of the table before
      this.set("state", state);
    });
    channel.on("curves", (curves) => this.set("curves", curves));
    channel.on("frame", (frame) => this.set("frame", frame));
    channel.on("found", () => this.set("connected", true));
    channel.on("lost", ({ reason }) => {
      this.ended = reason;
      this.set("connected", false);
    });
  }

  /**
   * Calls the listener now, where there is a state, and after every change of one of the keys.
   * @param {Key[]} keys @param {() => void} listener @returns {() => void} removes it
   */
  subscribe(keys, listener) {
    this.#listeners.set(listener, new Set(keys));
    if (this.state) listener();
    return () => this.#listeners.delete(listener);
  }

  /** @template {Key} K @param {K} key @param {Store[K]} value */
  set(key, value) {
    /** @type {any} */ (this)[key] = value;
    if (!this.#changed.size) requestAnimationFrame(() => this.#tell());
    this.#changed.add(key);
  }

  /** Points at an address; "" at none. @param {string} address */
  point(address) {
    if (address !== this.hover) this.set("hover", address);
  }

  /**
   * The result of a command. A refusal is shown to the reader, and rejects.
   * @param {Ask} command @returns {Promise<any>}
   */
  send(command) {
    return this.#shown(this.#channel.send(command), QUESTIONS.includes(command.command));
  }

  /** Sends a file to train on, or a model to open. @param {File} file @returns {Promise<any>} */
  upload(file) {
    return this.#shown(this.#channel.upload(file));
  }

  /** Says something to the reader, seen and read aloud. @param {string} text @param {Action} [action] offered with it */
  say(text, action) {
    this.set("notice", { text, isError: false, setting: null, action });
  }

  /** Says why something cannot be. @param {string} text */
  refuse(text) {
    this.set("notice", { text, isError: true, setting: null });
  }

  /** A refusal stays, and so does what is offered, until something else was done. @param {Promise<any>} result @param {boolean} [isQuestion] */
  #shown(result, isQuestion = false) {
    result.then(() => {
      if (!isQuestion && (this.notice?.isError || this.notice?.action)) this.set("notice", null);
    }, (error) => {
      if (!this.connected) return; // which the page says by itself
      const setting = error instanceof Refused ? error.setting : null;
      this.set("notice", { text: error.message, isError: true, setting });
    });
    return result;
  }

  #tell() {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const [listener, keys] of [...this.#listeners]) {
      if (!this.#listeners.has(listener) || ![...changed].some((key) => keys.has(key))) continue;
      try {
        listener();
      } catch (error) {
        reportError(error); // of one view, which keeps no other from what is new
      }
    }
    if (changed.has("frame")) this.#channel.drawn();
  }
}

/** What the maps of a frame are of. @param {State} state */
const tableOf = ({ data, axes, network }) => JSON.stringify([data.source, data.name, data.classes, axes.kind, network.inputs]);
