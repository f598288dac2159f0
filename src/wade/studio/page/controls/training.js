/** Loss, optimizer, learning rate and schedule, batch size, penalties, seed, and the recipe that predicts best. */
import { make } from "../drawing/elements.js";
import { anewMark } from "./anew.js";
import { explained, termsOf } from "./explained.js";
import { choiceField, configure, named, numberField, readable } from "./fields.js";

/** @typedef {import("../store.js").View} View */

const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
const PENALTIES = [0, 0.0001, 0.001, 0.01, 0.1];
const CONSTANTS = { momentum: "Momentum", weight_decay: "Weight decay", beta1: "β₁", beta2: "β₂", epsilon: "ε", alpha: "α" };

/** @type {View} */
export function training(element, store) {
  const fields = [
    choiceField(store, { label: "Loss", setting: "loss", read: (state) => state.settings.loss,
      options: (state) => named(state.choices.loss) }),
    choiceField(store, { label: "Optimizer", setting: "optimizer", read: (state) => state.settings.optimizer,
      options: (state) => named(state.choices.optimizer) }),
    numberField(store, { label: "Learning rate", setting: "learning_rate", least: 0, usual: RATES,
      read: (state) => state.settings.learning_rate }),
    choiceField(store, { label: "Schedule", setting: "schedule", read: (state) => state.settings.schedule,
      options: (state) => named(state.choices.schedule) }),
    numberField(store, { label: "Epochs of the schedule", setting: "epochs", isWhole: true, least: 1,
      read: (state) => state.settings.epochs }),
    numberField(store, { label: "Batch size", setting: "batch_size", isWhole: true, least: 1,
      usual: [1, 4, 16, 32, 128, 512], read: (state) => state.settings.batch_size }),
    numberField(store, { label: "L1 penalty", setting: "l1", least: 0, usual: PENALTIES, read: (state) => state.settings.l1 }),
    numberField(store, { label: "L2 penalty", setting: "l2", least: 0, usual: PENALTIES, read: (state) => state.settings.l2 }),
    numberField(store, { label: "Dropout", setting: "dropout", least: 0, most: 0.99, usual: [0, 0.1, 0.2, 0.5],
      read: (state) => state.settings.dropout }),
    numberField(store, { label: "Gradient clipping", setting: "clip_norm", least: 0, canBeEmpty: true,
      read: (state) => state.settings.clip_norm }),
    numberField(store, { label: "Seed", setting: "seed", isWhole: true, least: 0, read: (state) => state.settings.seed }),
    numberField(store, { label: "Initial scale", setting: "initial_scale", least: 0, usual: [0.1, 0.5, 1, 2, 5],
      read: (state) => state.settings.initial_scale }),
  ];
  const constants = make("fieldset", { class: "pairs" }, make("legend", {}, "Constants of the optimizer"));
  const recipe = make("input", { type: "checkbox", onchange: () =>
    configure(store, { recipe: recipe.checked ? "default" : "plain" }) });
  fields[0].element.classList.add("is-long");
  element.append(
    make("div", { class: "pairs" }, ...fields.map((field) => field.element)), constants,
    make("label", { class: "check" }, recipe, make("span", {}, "The recipe that predicts best ", anewMark(), " ",
      make("span", { class: "soft" }, "(ensemble members, encoded numbers, dropout: what wade train does)"))),
    explained("What do these settings mean?", termsOf(fields)));

  /** @type {import("./fields.js").Field[]} */
  let ofOptimizer = [];
  let offered = "";
  const leave = store.subscribe(["state"], () => {
    const { state } = store;
    if (!state) return;
    const names = Object.keys(state.settings.optimizer_constants);
    if (offered !== names.join()) {
      offered = names.join();
      ofOptimizer.forEach((field) => field.leave());
      ofOptimizer = names.filter((name) => typeof state.settings.optimizer_constants[name] === "number").map((name) =>
        numberField(store, { label: CONSTANTS[/** @type {keyof typeof CONSTANTS} */ (name)] ?? readable(name),
          setting: "optimizer_constants", least: 0,
          read: ({ settings }) => /** @type {number | null} */ (settings.optimizer_constants[name] ?? null),
          change: (value) => ({ optimizer_constants: { ...store.state?.settings.optimizer_constants, [name]: value } }) }));
      constants.replaceChildren(constants.children[0], ...ofOptimizer.map((field) => field.element));
      constants.hidden = !ofOptimizer.length;
    }
    recipe.checked = state.settings.recipe === "default";
    fields[4].element.hidden = state.settings.schedule === "constant";
    [...fields, ...ofOptimizer].forEach((field) => field.update(state));
  });
  return () => {
    leave();
    [...fields, ...ofOptimizer].forEach((field) => field.leave());
  };
}
