/** The step at hand in formulas: of one row, with its share of the batch, in symbols, numbers or both. */
import { canonical, isParameter } from "../address.js";
import { watchSize } from "../drawing/canvas.js";
import { choice, make, scrolling, tell } from "../drawing/elements.js";
import { plural, written } from "../drawing/format.js";
import { markWide, sectionOf } from "../drawing/formulas.js";
import { refreshing } from "../refresh.js";
import { mathematicsOptions } from "./mathematics_options.js";
import { parameterChoice } from "./parameter_choice.js";
import { rowChoice } from "./row_choice.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").MathematicsShown} Shown
 */

const CHECK = "Gradient check"; // the title of its section
const PHASES = ["", "forward", "backward", "update"];
const DONE = /** @type {Record<string, number>} */ ({ "": PHASES.length, forward: 1, backward: 2 }); // last phase done

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function mathematics(element, store) {
  const options = mathematicsOptions((changes) => {
    isChecking = changes.check === true;
    refresh.again();
  });
  const row = rowChoice(store);
  const parameter = parameterChoice(store);
  const said = make("p", { class: "soft", role: "status" });
  const share = make("p", { class: "share" });
  const body = make("div", {});
  const region = scrolling("The step at hand in formulas", "formulas", row.facts, share, body);
  const parts = choice("Go to", (place) => {
    if (place) goTo(sections[Number(place)].element);
    parts.offer(titles, ""); // so that the same part can be chosen again
  });
  element.classList.add("mathematics");
  const bar = make("div", { class: "flow view-bar" }, parts.element);
  // A recording holds one row, one weight and one form.
  if (!store.recording) bar.prepend(parameter.element, options.check);
  element.replaceChildren(...(store.recording ? [bar] : [row.element, bar, options.element]), said, region);

  /** What is shown of each section, to keep those that stay as they are. @type {{key: string, element: HTMLElement}[]} */
  let sections = [];
  let phase = "";
  let isChecking = false; // a check was asked for and is not shown yet
  /** @type {[string, string][]} */
  let titles = [];

  /** The step; between two phases also in symbols alone, for what is not computed yet. */
  const ask = async () => {
    const isBetween = Boolean(store.state?.phase);
    /** @type {Shown} */
    const shown = await store.send({ command: "mathematics", ...options.asked });
    if (!isBetween) return { shown, symbols: shown };
    /** @type {Shown} */
    const symbols = await store.send({ command: "mathematics", ...options.asked, form: "symbols" });
    return { shown, symbols };
  };

  /** @param {{shown: Shown, symbols: Shown}} answer */
  const show = ({ shown, symbols }) => {
    const now = store.state?.phase ?? "";
    sections = shown.sections.map((whole, place) => {
      const isDone = PHASES.indexOf(whole.phase) <= DONE[now];
      const section = isDone ? whole : inSymbols(symbols.sections[place] ?? whole);
      const key = JSON.stringify([section, isDone]);
      if (sections[place]?.key === key) return sections[place];
      return { key, element: sectionOf(section, isDone ? "" : "not computed yet") };
    });
    const isSame =
      sections.length === body.children.length && sections.every((one, at) => one.element === body.children[at]);
    if (!isSame) body.replaceChildren(...sections.map((one) => one.element));
    titles = [["", "choose …"], ...shown.sections.map((one, place) => pair(String(place), one.title))];
    parts.offer(titles, "");
    markWide(region);
    markChosen();
    row.setBatch(shown.batch);
    tell(share, shareOf(shown));
    tell(
      said,
      store.state?.running ? `${store.recording ? "It plays" : "Training runs"}; this is step ${shown.step}.` : "",
    );
    if (now !== phase) follow(now);
    phase = now;
    if (isChecking) showCheck(shown.sections.findIndex(({ title }) => title === CHECK));
  };

  /** Brings the check of the gradient into view, and the focus to it, which reads it aloud. @param {number} place */
  const showCheck = (place) => {
    if (place < 0) return; // the answer to what was asked before
    isChecking = false;
    const title = /** @type {HTMLElement} */ (sections[place].element.querySelector("h3"));
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
    goTo(sections[place].element, true);
  };

  /** Brings what a phase computes into view, within the region alone. @param {string} now */
  const follow = (now) => {
    const next = sections.find((one) => one.element.dataset.phase === now);
    if (next) goTo(next.element);
  };
  /** @param {HTMLElement} section @param {boolean} [isWanted] by the reader */
  const goTo = (section, isWanted = parts.element.contains(document.activeElement)) => {
    const isOwn = region.scrollHeight > region.clientHeight + 1;
    if (isOwn) region.scrollTop = section.offsetTop;
    else if (isWanted) section.scrollIntoView();
  };

  const markChosen = () => {
    const chosen = store.state?.parameter ?? "";
    for (const one of region.querySelectorAll("[data-of]")) {
      const is = canonical(/** @type {string} */ (one.getAttribute("data-of"))) === chosen;
      if (is !== one.classList.contains("is-chosen")) one.classList.toggle("is-chosen", is);
    }
  };

  region.addEventListener("click", (event) => {
    const named = /** @type {Element} */ (event.target).closest("[data-of]");
    const address = canonical(named?.getAttribute("data-of") ?? "");
    if (isParameter(address)) store.send({ command: "select", parameter: address });
  });

  const refresh = refreshing(element, store, ask, show, (error) => {
    tell(said, error.message);
  });
  const mark = () => markWide(region);
  document.fonts.addEventListener("loadingdone", mark); // formulas are wider in their font
  const leave = [
    store.subscribe(["state"], () => {
      row.update();
      parameter.update();
    }),
    watchSize(region, mark),
    () => document.fonts.removeEventListener("loadingdone", mark),
    refresh.destroy,
  ];
  return () => {
    leave.forEach((one) => one());
    element.classList.remove("mathematics");
    element.replaceChildren();
  };
}

/**
 * A section without its numbers: formulas in symbols, and their headings.
 * @param {Shown["sections"][number]} section
 */
function inSymbols(section) {
  const blocks = section.blocks.filter((block) => block.kind === "heading" || block.kind === "formula");
  return { ...section, blocks };
}

/** @param {string} first @param {string} second @returns {[string, string]} */
const pair = (first, second) => [first, second];

/** Whether the row takes part in the step, in words. @param {Shown} shown */
function shareOf({ batch, precision, step }) {
  const share = `with a share of ${written(batch.share, 6)} in their mean`;
  const isIn = batch.share ? `This row is among them, ${share}` : "This row is not among them";
  const loss = written(batch.loss, precision === "float64" ? 6 : 5);
  return `After ${plural(step, "step")} the next one is taken on ${plural(batch.size, "row")}, whose loss is ${loss}. ${isIn}.`;
}
