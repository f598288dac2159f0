/** Where a table comes from: built in, generated, a formula, a path on this computer, or an upload. */
import { make } from "../drawing/elements.js";
import { applied, isShareable, written } from "../settings_link.js";
import { anewMark, discarding } from "./anew.js";
import { readable } from "./fields.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").OpenData["source"]} Source
 */

const TABLES = ".csv,.tsv,.txt,.parquet,.feather,.arrow,.json,.jsonl,.ndjson,.gz,.zst,.wade";
/** @type {[Source, string][]} */
const KINDS = [
  ["built_in", "Built-in table"], ["generated", "Generated data"], ["formula", "Formula y = f(x)"],
  ["upload", "Your own file"], ["path", "A path on this computer"],
];

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function sources(element, store) {
  let isNoiseChosen = false; // before the table that it is for
  const kind = make("select", { id: "source", onchange: () => show() },
    ...KINDS.map(([value, text]) => make("option", { value }, text)));
  const builtIn = make("select", { "aria-label": "Built-in table", onchange: () => open("built_in", builtIn.value) });
  const generated = make("select", { "aria-label": "Generated data", onchange: () => generate() });
  const noise = make("input", { type: "range", min: 0, max: 1, step: 0.05, value: 0.1, onchange: () => {
    isNoiseChosen = true;
    generate();
  } });
  const rows = make("input", { type: "number", min: 20, max: 100_000, step: 1, placeholder: "usual", onchange: () => generate() });
  const noiseText = make("output", {});
  const formula = make("input", { type: "text", value: "sin(3 * x)", spellcheck: "false", "aria-label": "f(x)" });
  const path = make("input", { type: "text", placeholder: "table.csv", spellcheck: "false", "aria-label": "Path of a table" });
  const file = make("input", { type: "file", accept: TABLES, hidden: true, tabindex: -1, "aria-label": "A table or a model",
    onchange: () => {
      upload(file.files?.[0]);
      file.value = "";
    } });
  const drop = make("div", { class: "drop" },
    make("button", { type: "button", class: "main", onclick: () => file.click() }, "Choose a file …"), file,
    make("p", { class: "soft" }, "or drop it anywhere on this page: CSV, Parquet, Feather, JSON lines, or a model (.wade)"));
  /** @type {Record<Source, HTMLElement>} */
  const bodies = {
    built_in: make("div", {}, builtIn),
    generated: make("div", {}, generated, make("div", { class: "pairs" },
      make("label", { class: "setting" }, make("span", {}, "Noise ", noiseText), noise),
      make("label", { class: "setting" }, make("span", {}, "Rows"), rows))),
    formula: make("form", { class: "line", onsubmit: (event) => {
      event.preventDefault();
      open("formula", formula.value);
    } }, make("span", { "aria-hidden": "true" }, "y ="), formula, make("button", { type: "submit" }, "Use")),
    upload: drop,
    path: make("form", { class: "line", onsubmit: (event) => {
      event.preventDefault();
      open("path", path.value);
    } }, path, make("button", { type: "submit" }, "Open")),
  };
  element.append(make("div", { class: "setting" }, make("label", { for: "source" }, "Source\u00a0", anewMark()), kind), ...Object.values(bodies));

  /** @param {Source} source @param {string} name @param {object} [more] */
  const open = (source, name, more = {}) => {
    const before = store.state;
    const say = discarding(store);
    const back = before && isShareable(before) ? () => applied(written(before), store) : undefined;
    store.send({ command: "open_data", source, name, ...more }).then(() => say("", back), () => {});
  };
  const generate = () => {
    if (!generated.value || !rows.reportValidity()) return;
    const isUsual = store.state?.data.source !== "generated" && !isNoiseChosen;
    open("generated", generated.value, { rows: Number(rows.value) || null, noise: isUsual ? null : Number(noise.value) });
  };
  /** @param {File | undefined} chosen */
  const upload = (chosen) => {
    if (!chosen) return;
    const say = discarding(store);
    store.say(`Reading ${chosen.name} …`);
    store.upload(chosen).then(() => say(`${chosen.name} is open.`), () => {});
  };
  const show = () => {
    for (const [source, body] of Object.entries(bodies)) body.hidden = source !== kind.value;
    noiseText.textContent = noise.value;
  };
  noise.addEventListener("input", () => { noiseText.textContent = noise.value; });

  /** @param {DragEvent} event */
  const over = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("is-dropping");
  };
  /** @param {DragEvent} event */
  const dropped = (event) => {
    document.body.classList.remove("is-dropping");
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    upload(event.dataTransfer.files[0]);
  };
  const left = () => document.body.classList.remove("is-dropping");
  document.addEventListener("dragover", over);
  document.addEventListener("drop", dropped);
  document.addEventListener("dragleave", left);

  let told = "";
  const leave = store.subscribe(["state"], () => {
    const { state } = store;
    if (!state) return;
    const now = JSON.stringify([state.data.source, state.data.name, state.data.noise, state.choices.built_in]);
    if (now === told) return;
    told = now;
    isNoiseChosen = false;
    offer(builtIn, state.choices.built_in ?? [], state.data.source === "built_in" ? state.data.name : "");
    offer(generated, state.choices.generated ?? [], state.data.source === "generated" ? state.data.name : "");
    if (state.data.noise !== null) noise.value = String(state.data.noise);
    const ofRows = Object.values(state.data.rows).reduce((sum, n) => sum + n, 0);
    rows.value = state.data.source === "generated" ? String(ofRows) : "";
    if (state.data.source === "formula") formula.value = state.data.name.replace(/^\s*y\s*=\s*/i, "");
    if (state.data.source === "path") path.value = state.data.name;
    if (KINDS.some(([source]) => source === state.data.source)) kind.value = state.data.source;
    else kind.value = "upload";
    show();
  });
  return () => {
    leave();
    document.removeEventListener("dragover", over);
    document.removeEventListener("drop", dropped);
    document.removeEventListener("dragleave", left);
  };
}

/** @param {HTMLSelectElement} select @param {string[]} names @param {string} chosen */
function offer(select, names, chosen) {
  select.replaceChildren(...(chosen ? [] : [make("option", { value: "", disabled: true, selected: true }, "choose …")]),
    ...names.map((name) => make("option", { value: name, selected: name === chosen }, readable(name))));
}
