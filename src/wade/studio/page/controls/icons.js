/** Icons, drawn in the color of the text. */
import { makeSvg } from "../drawing/elements.js";

const PATHS = {
  play: "M5 3.5v13l11-6.5z",
  pause: "M5 4h3.5v12H5zM11.5 4H15v12h-3.5z",
  forward: "M3 4v12l8-6zM12 4h2.5v12H12z",
  back: "M17 4v12l-8-6zM5.5 4H8v12H5.5z",
  restart: "M10 3a7 7 0 1 1-6.6 4.7l1.9.7A5 5 0 1 0 10 5v3.2L5.2 4 10 0z",
  other: "M3 5h3.2l7 8H15v-2.2l4 3.2-4 3.2V15h-2.6l-2.6-3-1.3 1.5L6.2 15H3v-2h2.4l2-2.4-2-2.6H3zm7.3 1.8L12.2 5H15V2.8L19 6l-4 3.2V7h-1.9l-1.4 1.5z",
  close: "M4.5 3 10 8.5 15.5 3 17 4.5 11.5 10l5.5 5.5-1.5 1.5-5.5-5.5L4.5 17 3 15.5 8.5 10 3 4.5z",
  add: "M8.8 3h2.4v5.8H17v2.4h-5.8V17H8.8v-5.8H3V8.8h5.8z",
  less: "M3 8.8h14v2.4H3z",
};

/** @param {keyof typeof PATHS} name */
export function icon(name) {
  return makeSvg("svg", { class: "icon", viewBox: "0 0 20 20", "aria-hidden": "true" }, makeSvg("path", { d: PATHS[name] }));
}
