/**
 * Controls of single settings. Each shows what the state says, and says beside itself why a value was refused.
 *
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Settings} Settings
 * @typedef {{element: HTMLElement, update: (state: State) => void, leave: () => void}} Field
 */
import { make, tell } from "../drawing/elements.js";
import { SETTINGS } from "../help_texts.js";
import { anewMark, discarding } from "./anew.js";

let made = 0;

/**
 * A number.
 * @param {Store} store
 * @param {{label: string, setting: keyof Settings, read: (state: State) => number | null, isWhole?: boolean,
 *   least?: number, most?: number, usual?: number[], canBeEmpty?: boolean, change?: (value: number | null) => object,
 *   help?: string}} how
 * @returns {Field}
 */
export function numberField(store, how) {
  const { label, setting, read, isWhole = false, least, most, usual, canBeEmpty = false, help } = how;
  const change = how.change ?? ((value) => ({ [setting]: value }));
  const list = usual && make("datalist", { id: `usual-${++made}` }, ...usual.map((value) => make("option", { value })));
  const input = make("input", { type: "number", step: isWhole ? 1 : "any", min: least, max: most, list: list?.id,
    placeholder: canBeEmpty ? "none" : null });
  const send = () => {
    const isEmpty = input.value.trim() === "";
    if ((isEmpty && !canBeEmpty) || !input.validity.valid) {
      if (isEmpty && input.validity.valid) input.value = shown(store.state && read(store.state));
      input.reportValidity();
      return;
    }
    configure(store, change(isEmpty ? null : Number(input.value)));
  };
  input.addEventListener("change", send);
  return field(store, { label, setting, control: input, help, extra: list, update: (state) => {
    const now = shown(read(state));
    if (document.activeElement !== input || !input.matches(":focus-visible") || input.dataset.told !== now) {
      if (input.value !== now && (document.activeElement !== input || input.dataset.told !== now)) input.value = now;
    }
    input.dataset.told = now;
  } });
}

/** @param {number | null | undefined} value */
const shown = (value) => (value === null || value === undefined ? "" : String(value));

/**
 * One of several names.
 * @param {Store} store
 * @param {{label: string, setting: keyof Settings, read: (state: State) => string,
 *   options: (state: State) => [value: string, text: string][], change?: (value: string) => object, help?: string}} how
 * @returns {Field}
 */
export function choiceField(store, how) {
  const { label, setting, read, options, help } = how;
  const change = how.change ?? ((value) => ({ [setting]: value }));
  const select = make("select", { onchange: async () => {
    const isTaken = await configure(store, change(select.value));
    if (!isTaken && store.state) select.value = read(store.state);
  } });
  let offered = "";
  return field(store, { label, setting, control: select, help, update: (state) => {
    const now = JSON.stringify(options(state));
    if (now !== offered) select.replaceChildren(...options(state).map(([value, text]) => make("option", { value }, text)));
    offered = now;
    select.value = read(state);
  } });
}

/**
 * Whether the settings were taken; a refusal is shown, and so is a training that they discard.
 * @param {Store} store @param {Partial<Settings>} settings @returns {Promise<boolean>}
 */
export async function configure(store, settings) {
  const before = store.state;
  const say = discarding(store);
  try {
    await store.send({ command: "configure", settings });
  } catch {
    return false;
  }
  const differs = (/** @type {string} */ name) =>
    JSON.stringify(settings[/** @type {keyof Settings} */ (name)]) !== JSON.stringify(before?.settings[/** @type {keyof Settings} */ (name)]);
  const isAnew = before && Object.keys(settings).some((name) => !before.live.includes(name) && differs(name));
  if (isAnew) say("", () => configure(store, before.settings));
  return true;
}

/** A name as people read it: "sigmoid_cross_entropy" as "sigmoid cross-entropy". @param {string} name */
export const readable = (name) => name.replaceAll("_", " ").replace("cross entropy", "cross-entropy");

/** @param {string[] | undefined} names @returns {[string, string][]} */
export const named = (names) => (names ?? []).map((name) => [name, readable(name)]);

/**
 * @param {Store} store
 * @param {{label: string, setting: keyof Settings, control: HTMLElement, help?: string, extra?: HTMLElement,
 *   update: (state: State) => void}} how
 * @returns {Field}
 */
function field(store, { label, setting, control, help, extra, update }) {
  const id = `field-${++made}`;
  control.id = id;
  const problem = make("p", { class: "problem", id: `${id}-problem`, hidden: true });
  const text = help ?? SETTINGS[setting];
  const about = make("span", { class: "unseen", id: `${id}-about` }, text);
  control.setAttribute("aria-describedby", text ? `${about.id} ${problem.id}` : problem.id);
  const mark = anewMark(true);
  const element = make("div", { class: "setting", title: text }, make("label", { for: id }, label, "\u00a0", mark), control,
    extra, text && about, problem);
  const leave = store.subscribe(["notice", "state"], () => {
    const { notice } = store;
    const isWrong = notice?.isError === true && notice.setting === setting;
    problem.hidden = !isWrong;
    tell(problem, isWrong ? notice.text : "");
    if (isWrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  });
  return { element, leave, update: (state) => {
    mark.hidden = state.live.includes(setting);
    update(state);
  } };
}
