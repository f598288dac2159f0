/** A place in a plot that the mouse or the arrow keys move. */

/** @typedef {import("./axes.js").Box} Box */

const MOVES = 40; // of a key, along an axis
/** @type {Record<string, [number, number]>} */
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * @param {HTMLElement} plot @param {() => Box} boxNow
 * @param {{onMove: () => void, onChoose: (left: number, top: number, byKey: boolean) => void,
 *   onLeave: () => void}} does onLeave: Escape was pressed where there was no pointer
 */
export function followPointer(plot, boxNow, { onMove, onChoose, onLeave }) {
  const pointer = {
    /** As shares of the two axes, or null. @type {[number, number] | null} */
    place: null,
    /** In CSS pixels. @returns {[number, number]} */
    pixels: () => {
      const { left, right, top, bottom } = boxNow();
      const [x, y] = pointer.place ?? [0.5, 0.5];
      return [left + x * (right - left), bottom - y * (bottom - top)];
    },
    destroy: () => stop.abort(),
  };
  const stop = new AbortController();
  const share = (/** @type {number} */ value) => Math.min(1, Math.max(0, value));
  /** @param {[number, number] | null} place */
  const move = (place) => {
    pointer.place = place;
    onMove();
  };
  /** @param {MouseEvent} event @returns {[number, number]} */
  const pixelsOf = (event) => {
    const { left, top } = plot.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const signal = { signal: stop.signal };

  plot.addEventListener(
    "pointermove",
    (event) => {
      const { left, right, top, bottom } = boxNow();
      const [across, down] = pixelsOf(event);
      move([share((across - left) / (right - left)), share((bottom - down) / (bottom - top))]);
    },
    signal,
  );
  plot.addEventListener("pointerleave", () => move(null), signal);
  plot.addEventListener("blur", () => move(null), signal);
  plot.addEventListener("click", (event) => onChoose(...pixelsOf(event), false), signal);
  plot.addEventListener(
    "keydown",
    (event) => {
      const step = KEYS[event.key];
      if (step) {
        const [x, y] = pointer.place ?? [0.5, 0.5];
        move([share(x + step[0] / MOVES), share(y + step[1] / MOVES)]);
      } else if (event.key === "Enter" && pointer.place) onChoose(...pointer.pixels(), true);
      else if (event.key === "Escape") pointer.place ? move(null) : onLeave();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    signal,
  );
  return pointer;
}
