/** The step at hand in formulas: of one row, with its share of the batch, in symbols, numbers or both. */
import { canonical, isParameter } from "../address.js";
import { watchSize } from "../drawing/canvas.js";
import { choice, labelled, make, scrolling, tell } from "../drawing/elements.js";
import { count, written } from "../drawing/format.js";
import { markWide, sectionOf } from "../drawing/formulas.js";
import { refreshing } from "../refresh.js";
import { parameterChoice } from "./parameter_choice.js";
import { rowChoice } from "./row_choice.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").Mathematics} Mathematics
 * @typedef {import("../types.js").MathematicsShown} Shown
 */

const PHASES = ["", "forward", "backward", "update"];
const DONE = /** @type {Record<string, number>} */ ({ "": PHASES.length, forward: 1, backward: 2 }); // last phase done

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function mathematics(element, store) {
  /** @type {Required<Omit<Mathematics, "id">>} */
  const asked = { command: "mathematics", form: "both", digits: 4, precision: "float64", check: false };
  const form = choice("Formulas", (chosen) => ask({ form: /** @type {Mathematics["form"]} */ (chosen) }));
  form.offer(
    [
      ["both", "Symbols and numbers"],
      ["symbols", "Symbols"],
      ["numbers", "Numbers"],
    ],
    asked.form,
  );
  const precision = choice("Computed in", (chosen) =>
    ask({ precision: /** @type {Mathematics["precision"]} */ (chosen) }),
  );
  precision.offer(
    [
      ["float64", "float64, as the textbook"],
      ["float32", "float32, as the engine"],
    ],
    asked.precision,
  );
  const digits = make("input", {
    type: "number",
    class: "index",
    min: 2,
    max: 17,
    value: asked.digits,
    onchange: () => {
      if (digits.reportValidity()) ask({ digits: Number(digits.value) });
    },
  });
  const check = make(
    "button",
    {
      type: "button",
      "aria-pressed": "false",
      onclick: () => {
        check.setAttribute("aria-pressed", String(!asked.check));
        ask({ check: !asked.check });
      },
    },
    "Check the gradient",
  );
  const row = rowChoice(store);
  const parameter = parameterChoice(store);
  const share = make("p", { class: "share" });
  const said = make("p", { class: "soft", role: "status" });
  const region = scrolling("The step at hand in formulas", "formulas");
  const jumps = make("nav", { class: "jumps", "aria-label": "Parts of the step" });
  element.classList.add("mathematics");
  element.replaceChildren(
    make("div", { class: "flow view-bar" }, form.element, labelled("Digits", digits), precision.element),
    row.element,
    make("div", { class: "flow view-bar" }, parameter.element, check),
    share,
    said,
    jumps,
    region,
  );

  /** What is shown of each section, to keep those that stay as they are. @type {{key: string, element: HTMLElement}[]} */
  let sections = [];
  let phase = "";

  /** @param {Partial<typeof asked>} changes */
  const ask = (changes) => {
    Object.assign(asked, changes);
    refresh.again();
  };

  /** @param {Shown} shown */
  const show = (shown) => {
    const now = store.state?.phase ?? "";
    sections = shown.sections.map((section, place) => {
      const key = JSON.stringify([section, now]);
      const isDone = PHASES.indexOf(section.phase) <= DONE[now];
      if (sections[place]?.key === key) return sections[place];
      return { key, element: sectionOf(section, isDone ? "" : "not computed yet") };
    });
    if (
      sections.some((one, place) => one.element !== region.children[place]) ||
      region.children.length > sections.length
    ) {
      region.replaceChildren(...sections.map((one) => one.element));
    }
    jumps.replaceChildren(
      ...shown.sections.map((section, place) =>
        make(
          "button",
          { type: "button", class: "small plain", onclick: () => goTo(sections[place].element) },
          section.title,
        ),
      ),
    );
    markWide(region);
    markChosen();
    row.setBatch(shown.batch);
    tell(share, shareOf(shown));
    tell(said, store.state?.running ? `Training runs; this is step ${shown.step}.` : "");
    if (now !== phase) follow(now);
    phase = now;
  };

  /** Brings what a phase computes into view, within the region alone. @param {string} now */
  const follow = (now) => {
    const next = sections.find((one) => one.element.dataset.phase === now);
    if (next) goTo(next.element);
  };
  /** @param {HTMLElement} section */
  const goTo = (section) => {
    const isOwn = region.scrollHeight > region.clientHeight + 1;
    if (isOwn) region.scrollTop = section.offsetTop - region.offsetTop;
    else if (document.activeElement?.closest(".jumps")) section.scrollIntoView();
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

  const refresh = refreshing(
    element,
    store,
    () => store.send({ ...asked }),
    show,
    (error) => {
      tell(said, error.message);
    },
  );
  const leave = [
    store.subscribe(["state"], () => {
      row.update();
      parameter.update();
    }),
    watchSize(region, () => markWide(region)),
    refresh.destroy,
  ];
  return () => {
    leave.forEach((one) => one());
    element.classList.remove("mathematics");
    element.replaceChildren();
  };
}

/** Whether the row takes part in the step, in words. @param {Shown} shown */
function shareOf({ batch, precision, step }) {
  const share = `with a share of ${written(batch.share, 6)} in their mean`;
  const isIn = batch.share ? `This row is among them, ${share}` : "This row is not among them";
  const loss = written(batch.loss, precision === "float64" ? 6 : 5);
  return `After ${count(step)} steps the next one is taken on ${count(batch.size)} rows, whose loss is ${loss}. ${isIn}.`;
}
