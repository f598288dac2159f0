/**
 * Binary messages: four letters, the length of a JSON header (32 bits, little-endian), the header, the payload, whose
 * parts begin at multiples of four bytes.
 *
 * @typedef {{name: string, type: "u8" | "f32", shape: number[], low: number | null, high: number | null, from?: number, to?: number,
 *   data: Uint8Array | Float32Array}} Part
 * @typedef {{version: number, step: number, epoch: number, phase: string, loss: number | null,
 *   kind: "plane" | "line" | "histogram", grid: number, parts: Map<string, Part>}} Frame
 */

const VERSION = 1;
const PIECE = 1 << 20; // bytes of an upload in one message

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
    const data = part.type === "f32" ? new Float32Array(message, at, count) : new Uint8Array(message, at, count);
    parts.set(part.name, { ...part, data });
    at += Math.ceil(data.byteLength / 4) * 4;
  }
  return { ...header, parts };
}

/** A file and what was announced of it. @param {ArrayBuffer} message */
export function fileMessage(message) {
  const { header, payload } = read(message);
  return { about: header, bytes: new Uint8Array(message, payload) };
}

/** The messages that carry an upload. @param {number} id @param {ArrayBuffer} file @returns {Generator<ArrayBuffer>} */
export function* uploadMessages(id, file) {
  const header = new TextEncoder().encode(JSON.stringify({ id }));
  for (let at = 0; at < file.byteLength; at += PIECE) {
    const piece = new Uint8Array(file, at, Math.min(PIECE, file.byteLength - at));
    const message = new Uint8Array(8 + header.length + piece.length);
    message.set([..."WUPL"].map((letter) => letter.charCodeAt(0)));
    new DataView(message.buffer).setUint32(4, header.length, true);
    message.set(header, 8);
    message.set(piece, 8 + header.length);
    yield message.buffer;
  }
}

/** @param {ArrayBuffer} message */
function read(message) {
  const length = new DataView(message).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 8, length)));
  return { header, payload: 8 + length };
}
