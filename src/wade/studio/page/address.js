/**
 * Addresses of what can be pointed at: "W1[0,2]", "b1[2]", "E1.carrier[3,2]", "a0[1]", "z1[2]", "a1[2]", "delta1[2]".
 *
 * @typedef {{kind: string, layer: number, column: string, indices: number[]}} Address
 */

const FORM = /^(W|b|E|P|R|S|B|a|z|delta)(\d+)(?:\.(.+?))?(?:\[([\d, ]+)\])?$/s;

/** Its parts; null where it is none. @param {string} address @returns {Address | null} */
export function parsed(address) {
  const found = FORM.exec(canonical(address));
  if (!found) return null;
  const [, kind, layer, column, indices] = found;
  return { kind, layer: Number(layer), column: column ?? "", indices: indices ? indices.split(",").map(Number) : [] };
}

/**
 * One spelling for what is the same thing: δ is delta, and a gradient lights up with its parameter.
 * @param {string} address
 */
export function canonical(address) {
  return address.replace(/^∂J\/∂/, "").replace(/^δ/, "delta");
}

/**
 * Whether two addresses have something in common: they are the same, or one is the array that holds the other.
 * @param {string} one @param {string} other both canonical
 */
export function isShared(one, other) {
  return one === other || one.startsWith(`${other}[`) || other.startsWith(`${one}[`);
}

/** Whether an address is a number that can be edited. @param {string} address */
export function isParameter(address) {
  return /^[WbEPRSB]\d/.test(address) && address.includes("[");
}

/** @param {number} layer @param {number} from @param {number} to */
export const weight = (layer, from, to) => `W${layer}[${from},${to}]`;
/** @param {number} layer @param {number} neuron */
export const bias = (layer, neuron) => `b${layer}[${neuron}]`;
/** @param {number} layer @param {number} neuron */
export const activation = (layer, neuron) => `a${layer}[${neuron}]`;
