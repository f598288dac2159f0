/** The pointer over the network: it points at the nearest weight; a drag up or down changes it, a click opens its editor. */
import { nearestEdge } from "./edges.js";

/**
 * @typedef {{
 *   edges: () => import("./edges.js").Edge[], size: () => number, unit: () => number,
 *   valueAt: (of: string) => number | null, point: (of: string) => void, edit: (of: string, value: number) => void,
 *   clicked: (of: string) => void, dragged: (of: string) => void, elsewhere: () => void,
 * }} What `unit`: by how much a weight changes along DRAG
 */

const CLICK = 4; // CSS pixels that a press may move and still be a click
const DRAG = 150; // CSS pixels of a drag for a change of one unit

/** @param {HTMLElement} field @param {What} what */
export function dragging(field, what) {
  /** @type {{of: string, from: number, y: number, isMoved: boolean} | null} */
  let drag = null;

  /** The parameter under the pointer, or "". @param {PointerEvent} event */
  const under = (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest(".editor, .head, .neuron")) return "";
    const bias = target.closest(".bias")?.getAttribute("data-of");
    if (bias) return bias;
    const box = field.getBoundingClientRect();
    return nearestEdge(what.edges(), what.size(), event.clientX - box.left, event.clientY - box.top)?.of ?? "";
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (drag) {
      const by = drag.y - event.clientY; // up makes it larger
      drag.isMoved ||= Math.abs(by) > CLICK;
      if (drag.isMoved) what.edit(drag.of, Number((drag.from + (by / DRAG) * what.unit()).toPrecision(4)));
      return;
    }
    const of = under(event);
    field.classList.toggle("is-over", of !== "");
    if (!(/** @type {Element} */ (event.target).closest(".neuron, .bias, .head, .editor"))) what.point(of);
  };
  /** @param {PointerEvent} event */
  const down = (event) => {
    const of = under(event);
    const from = of ? what.valueAt(of) : null;
    if (from === null || event.button !== 0) return;
    event.preventDefault();
    field.setPointerCapture(event.pointerId);
    drag = { of, from, y: event.clientY, isMoved: false };
    what.point(of);
  };
  /** @param {PointerEvent} event */
  const up = (event) => {
    const done = drag;
    drag = null;
    if (done) (done.isMoved ? what.dragged : what.clicked)(done.of);
    else if (!(/** @type {Element} */ (event.target).closest(".editor"))) what.elsewhere();
  };

  field.addEventListener("pointermove", move);
  field.addEventListener("pointerdown", down);
  field.addEventListener("pointerup", up);
  field.addEventListener("pointercancel", () => { drag = null; });
  field.addEventListener("pointerleave", () => drag === null && what.point(""));
}
