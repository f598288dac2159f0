/**
 * What a view may ask, and what it hears: a socket to the studio's server that comes back when it is lost.
 *
 * @typedef {import("./types.js").AnyCommand} AnyCommand
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Curves} Curves
 * @typedef {import("./types.js").FileAnnounced} FileAnnounced
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {{[C in AnyCommand as C["command"]]: Omit<C, "id">}[AnyCommand["command"]]} Ask
 * @typedef {{state: State, curves: Curves, frame: Frame, file: {about: FileAnnounced, bytes: Uint8Array<ArrayBuffer>},
 *   lost: {reason: string, isFinal: boolean}, found: null}} Heard
 * @typedef {{
 *   send: (command: Ask) => Promise<any>,
 *   upload: (file: File) => Promise<any>,
 *   drawn: () => void,
 *   on: <K extends keyof Heard>(kind: K, listener: (value: Heard[K]) => void) => () => void,
 *   close: () => void,
 *   recording?: {moments: number, moment: () => number, seek: (moment: number) => void},
 * }} Channel
 */
import { fileMessage, frameOf, letters, uploadMessages } from "./frames.js";

const FIRST_WAIT = 250; // milliseconds until the first try to come back; doubled after each
const LONGEST_WAIT = 4000;
/** Codes after which no try to come back follows, with what is said where the server gives no reason. */
const FINAL = new Map([
  [1008, "The studio ended the connection. Reload the page to go on."],
  [1009, "The studio ended the connection: a message was too long. Reload the page to go on."],
  [4001, "This session is open in another tab. Reload this page to take it back."],
]);

/** Why a command was refused: `setting` names the field that it is about. */
export class Refused extends Error {
  /** @param {string} message @param {string | null} setting */
  constructor(message, setting = null) {
    super(message);
    this.setting = setting;
  }
}

/**
 * A channel over the socket at this address.
 * @param {string} url
 * @returns {Channel}
 */
export function connect(url) {
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
  const waiting = new Map();
  /** @type {{[K in keyof Heard]: Set<(value: any) => void>}} */
  const listeners = {
    state: new Set(), curves: new Set(), frame: new Set(), file: new Set(), lost: new Set(), found: new Set(),
  };
  /** @type {WebSocket | null} */
  let socket = null;
  let lastId = 0;
  let received = 0; // frames that are not drawn yet
  let owed = 0; // frames that are not granted yet: the page is hidden, or the session not open
  let isOpen = false;
  let wait = FIRST_WAIT;
  let isClosed = false;
  let timer = 0;

  /** @template {keyof Heard} K @param {K} kind @param {Heard[K]} value */
  const say = (kind, value) => listeners[kind].forEach((listener) => listener(value));

  const open = () => {
    const opened = new WebSocket(url);
    opened.binaryType = "arraybuffer";
    opened.onopen = () => {
      wait = FIRST_WAIT;
      owed = 2;
      received = 0;
      isOpen = false; // until the reply to `Open`, which comes first
      say("found", null);
    };
    opened.onmessage = (event) => hear(event.data);
    opened.onclose = ({ code, reason }) => {
      if (socket !== opened) return;
      socket = null;
      waiting.forEach(({ reject }) => reject(new Refused("The connection to the studio was lost.")));
      waiting.clear();
      const isFinal = FINAL.has(code);
      say("lost", { reason: isFinal ? reason || String(FINAL.get(code)) : "", isFinal });
      if (isClosed || isFinal) return;
      timer = window.setTimeout(open, wait);
      wait = Math.min(2 * wait, LONGEST_WAIT);
    };
    socket = opened;
  };

  /** @param {string | ArrayBuffer} data */
  const hear = (data) => {
    if (typeof data !== "string") {
      if (letters(data) === "WFRM") {
        received += 1;
        say("frame", frameOf(data));
      } else say("file", fileMessage(data));
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "state") say("state", message.state);
    else if (message.type === "curves") say("curves", message);
    else {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      isOpen = true;
      if (message.error === null) asked?.resolve(message.result);
      else asked?.reject(new Refused(message.error, message.setting));
      grant();
    }
  };

  /** @param {Ask} command @param {((id: number) => Iterable<ArrayBuffer>)} [payload] */
  const ask = (command, payload) =>
    new Promise((resolve, reject) => {
      if (socket?.readyState !== WebSocket.OPEN) {
        reject(new Refused("There is no connection to the studio. It is looked for again every few seconds."));
        return;
      }
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ ...command, id }));
      for (const message of payload?.(id) ?? []) socket.send(message);
    });

  const grant = () => {
    if (!owed || !isOpen || document.hidden || socket?.readyState !== WebSocket.OPEN) return;
    const frames = Math.min(owed, 2);
    owed = 0;
    ask({ command: "credit", frames }).catch(() => {});
  };

  document.addEventListener("visibilitychange", grant);
  open();
  return {
    send: (command) => ask(command),
    upload: async (file) => {
      const bytes = await file.arrayBuffer();
      return ask({ command: "upload", name: file.name, size: file.size }, (id) => uploadMessages(id, bytes));
    },
    drawn: () => {
      owed += received; // of several frames within one turn of the screen only the last is drawn
      received = 0;
      grant();
    },
    on: (kind, listener) => {
      listeners[kind].add(listener);
      return () => listeners[kind].delete(listener);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", grant);
      socket?.close();
    },
  };
}
