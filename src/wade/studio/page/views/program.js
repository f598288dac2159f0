/** The program that ends in the parameters on screen, in three libraries; its lines light up with what they compute. */
import { canonical, isShared, parsed } from "../address.js";
import { choice, make, scrolling, tell } from "../drawing/elements.js";
import { piecesOf } from "../drawing/python_colors.js";
import { refreshing } from "../refresh.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").Program["language"]} Language
 * @typedef {import("../types.js").ProgramShown} Shown
 */

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function program(element, store) {
  let language = /** @type {NonNullable<Language>} */ ("wade");
  const languages = choice("Written with", (chosen) => {
    language = /** @type {NonNullable<Language>} */ (chosen);
    refresh.again();
  });
  languages.offer(
    [
      ["wade", "wade"],
      ["numpy", "NumPy"],
      ["torch", "PyTorch"],
    ],
    language,
  );
  const copy = make("button", { type: "button", onclick: copyText }, "Copy");
  const save = make(
    "button",
    {
      type: "button",
      onclick: () => {
        store.send({ command: "save", what: "program", language });
      },
    },
    "Download",
  );
  const note = make("p", { class: "soft", role: "status" });
  const spoken = make("output", { class: "unseen" });
  const body = make("ol", { class: "code" });
  const region = scrolling("Program. Up and down arrow keys move from line to line.", "lines", body);
  element.classList.add("listing");
  element.replaceChildren(make("div", { class: "flow view-bar" }, languages.element, copy, save), note, region, spoken);

  let text = "";
  let current = -1;
  /** @type {HTMLElement[]} */
  let lines = [];

  async function copyText() {
    try {
      await navigator.clipboard.writeText(text);
      store.say("The program is copied.");
    } catch {
      store.say("The browser does not let the page copy. Download the program, or select its lines.");
    }
  }

  /** @param {Shown} shown */
  function show(shown) {
    const beside = shown.beside ? ` It reads ${shown.beside}, which Download brings with it.` : "";
    const running = store.state?.running ? " Training runs; the program follows." : "";
    tell(note, `Download saves it as ${shown.name}.${beside}${running}`);
    if (shown.text !== text) {
      text = shown.text;
      lines = piecesOf(text).map((pieces, place) => {
        const addresses = linked(shown.lines[/** @type {any} */ (place + 1)] ?? []);
        const code = pieces.map((piece) => (piece.kind ? make("span", { class: piece.kind }, piece.text) : piece.text));
        return make(
          "li",
          { "data-of": addresses.length ? addresses.join("\n") : null },
          make("code", {}, ...code),
        );
      });
      body.replaceChildren(...lines);
      body.style.setProperty("--digits", String(String(lines.length).length));
      current = -1;
    }
    light();
  }

  /** Brings the first line of what is pointed at elsewhere into view, within the region alone. */
  function light() {
    const { hover } = store;
    if (!hover || region.matches(":hover") || region === document.activeElement) return;
    const found = lines.find((line) => line.dataset.of?.split("\n").some((one) => isShared(one, hover)));
    const isHidden =
      found && (found.offsetTop < region.scrollTop || found.offsetTop + 20 > region.scrollTop + region.clientHeight);
    if (found && isHidden && region.scrollHeight > region.clientHeight)
      region.scrollTop = found.offsetTop - region.clientHeight / 2;
  }

  /** @param {number} place */
  function moveTo(place) {
    lines[current]?.classList.remove("is-current");
    current = Math.min(lines.length - 1, Math.max(0, place));
    const line = lines[current];
    if (!line) return;
    line.classList.add("is-current");
    line.scrollIntoView({ block: "nearest" });
    store.point(line.dataset.of?.split("\n")[0] ?? "");
    tell(spoken, `Line ${current + 1}: ${line.textContent}`);
  }

  region.addEventListener("keydown", (event) => {
    const next = { ArrowUp: current - 1, ArrowDown: current + 1, Home: 0, End: lines.length - 1 }[event.key];
    if (next === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    moveTo(next);
  });
  region.addEventListener("blur", () => lines[current]?.classList.remove("is-current"));

  const refresh = refreshing(
    element,
    store,
    () => store.send({ command: "program", language }),
    show,
    (error) => {
      text = "";
      body.replaceChildren();
      tell(note, error.message);
    },
  );
  const leave = [store.subscribe(["hover"], light), refresh.destroy];
  return () => {
    leave.forEach((one) => one());
    element.classList.remove("listing");
    element.replaceChildren();
  };
}

/**
 * Addresses that other views have too; weights first, which a line lights up there.
 * @param {string[]} addresses
 */
function linked(addresses) {
  const known = addresses.map(canonical).filter((one) => one === "J" || parsed(one));
  return [...known.filter((one) => one.startsWith("W")), ...known.filter((one) => !one.startsWith("W"))];
}
