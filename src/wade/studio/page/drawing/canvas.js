/** Canvases that are as sharp as the screen, and elements whose size is watched. */

/**
 * Makes a canvas as large as it is shown, and gives the context in which one unit is one CSS pixel, cleared.
 * @param {HTMLCanvasElement} canvas @param {number} width @param {number} height in CSS pixels
 * @returns {CanvasRenderingContext2D}
 */
export function fitted(canvas, width, height) {
  const density = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * Calls the listener with the size of an element, once it has one and whenever it changes.
 * @param {Element} element @param {(width: number, height: number) => void} listener @returns {() => void}
 */
export function watchSize(element, listener) {
  let last = "";
  const observer = new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    const now = `${width} ${height}`;
    if (now !== last && width > 0) listener(width, height);
    last = now;
  });
  observer.observe(element);
  return () => observer.disconnect();
}

/**
 * Whether an element is in view, or nearly; the listener is called when it comes into view.
 * @param {Element} element @param {() => void} onSeen @returns {{isSeen: () => boolean, destroy: () => void}}
 */
export function watchSeen(element, onSeen) {
  let isSeen = false;
  const observer = new IntersectionObserver(
    (entries) => {
      const was = isSeen;
      isSeen = entries[entries.length - 1].isIntersecting;
      if (isSeen && !was) onSeen();
    },
    { rootMargin: "100px" },
  );
  observer.observe(element);
  return { isSeen: () => isSeen, destroy: () => observer.disconnect() };
}
