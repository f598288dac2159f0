/**
 * Binary messages: four letters, the length of a JSON header (32 bits, little-endian), the header, the payload.
 *
 * @typedef {{name: string, type: "u8" | "f32", shape: number[], low: number, high: number, from?: number, to?: number,
 *   data: Uint8Array | Float32Array}} Part
 * @typedef {{version: number, step: number, epoch: number, phase: string, loss: number | null,
 *   kind: "plane" | "line" | "histogram", grid: number, parts: Map<string, Part>}} Frame
 */

const VERSION = 1;

/** The letters that a message begins with. @param {ArrayBuffer} message */
export function letters(message) {
  return String.fromCharCode(...new Uint8Array(message, 0, 4));
}

/** A frame, its parts by name. @param {ArrayBuffer} message @returns {Frame} */
export function frameOf(message) {
  const { header, payload } = read(message);
  if (header.version !== VERSION) {
    throw new Error(`Frames have the version ${header.version}; this page reads ${VERSION}. Reload the page.`);
  }
  /** @type {Map<string, Part>} */
  const parts = new Map();
  let at = payload;
  for (const part of header.parts) {
    const count = part.shape.reduce((/** @type {number} */ product, /** @type {number} */ n) => product * n, 1);
    const size = part.type === "f32" ? 4 * count : count;
    const bytes = message.slice(at, at + size); // a copy: numbers of 32 bits need an aligned beginning
    parts.set(part.name, { ...part, data: part.type === "f32" ? new Float32Array(bytes) : new Uint8Array(bytes) });
    at += size;
  }
  return { ...header, parts };
}

/** A file and what was announced of it. @param {ArrayBuffer} message */
export function fileMessage(message) {
  const { header, payload } = read(message);
  return { about: header, bytes: new Uint8Array(message, payload) };
}

/** The message that carries an upload. @param {number} id @param {ArrayBuffer} file @returns {ArrayBuffer} */
export function uploadMessage(id, file) {
  const header = new TextEncoder().encode(JSON.stringify({ id }));
  const message = new Uint8Array(8 + header.length + file.byteLength);
  message.set([..."WUPL"].map((letter) => letter.charCodeAt(0)));
  new DataView(message.buffer).setUint32(4, header.length, true);
  message.set(header, 8);
  message.set(new Uint8Array(file), 8 + header.length);
  return message.buffer;
}

/** @param {ArrayBuffer} message */
function read(message) {
  const length = new DataView(message).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 8, length)));
  return { header, payload: 8 + length };
}
