/** Asks again for what follows the state: after every change at rest, now and then while training runs. */
import { watchSeen } from "./drawing/canvas.js";

/** @typedef {import("./store.js").Store} Store */

const WHILE_RUNNING = 2000; // milliseconds between two answers

/**
 * Only while the element is in view; one question is asked at a time, and a later one replaces those that wait.
 * @template T
 * @param {HTMLElement} element @param {Store} store @param {() => Promise<T>} ask @param {(answer: T) => void} show
 * @param {(error: Error) => void} [refused] @returns {{again: () => void, destroy: () => void}}
 */
export function refreshing(element, store, ask, show, refused = () => {}) {
  let [isAsking, isWanted, isOver] = [false, false, false];
  let timer = 0;
  let answered = -WHILE_RUNNING;

  const again = () => {
    isWanted = true;
    if (isAsking || isOver || !store.state || !seen.isSeen()) return;
    clearTimeout(timer);
    const wait = store.state.running ? answered + WHILE_RUNNING - performance.now() : 0;
    if (wait > 0) timer = window.setTimeout(again, wait);
    else question();
  };
  const question = async () => {
    [isAsking, isWanted] = [true, false];
    try {
      const answer = await ask();
      if (!isOver) show(answer);
    } catch (error) {
      if (!isOver) refused(/** @type {Error} */ (error));
    }
    isAsking = false;
    answered = performance.now();
    if (isWanted) again();
  };

  const seen = watchSeen(element, () => isWanted && again());
  const leave = [store.subscribe(["state"], again), seen.destroy];
  return {
    again,
    destroy: () => {
      isOver = true;
      clearTimeout(timer);
      leave.forEach((one) => one());
    },
  };
}
