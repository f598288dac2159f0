/** What the studio says about its settings and pictures: a sentence or two each, without formulas. */

/** @typedef {import("./types.js").Settings} Settings */

/** Of a setting, by its name in the messages. @type {Partial<Record<keyof Settings, string>>} */
export const SETTINGS = {
  split: "How rows are dealt out to training, validation and test: at random, or in the order of their time, the latest for test.",
  validation_share: "The share of the rows that the network is not trained on, but that tell after each step how well it does on "
    + "new rows.",
  loss: "What training makes small: how far the predictions are from what was observed, as a mean over the rows of a batch.",
  optimizer: "How a step follows from the gradient: plain descent (SGD), or with a memory of earlier gradients.",
  learning_rate: "How far a step goes; too small is slow, too large overshoots and may diverge.",
  schedule: "How the learning rate changes while training goes on: constant keeps it; step lowers it in stages; exponential and "
    + "inverse time lower it steadily, the latter ever more slowly; cosine lowers it slowly at first and at the end; warm up "
    + "begins small; one cycle rises and then falls; coslog4 goes up and down four times.",
  epochs: "The number of epochs over which the schedule changes the learning rate; training itself goes on until it is paused.",
  batch_size: "How many rows one step is computed from; if it is larger than the training rows, each step takes all of them.",
  l1: "A penalty on the size of the weights that pushes the unimportant ones to exactly zero; 0 for none.",
  l2: "A penalty on the square of the weights that keeps all of them small, for smoother answers; 0 for none.",
  dropout: "The share of hidden neurons that each training step leaves out, at random, so that none is relied on too much; 0 for "
    + "none.",
  clip_norm: "The largest length that a step's gradient may have; longer ones are shortened to it. Empty for no limit.",
  seed: "The number from which all random choices follow: the same seed gives the same training again.",
  initial_scale: "A factor on the initial weights: below 1 the first predictions differ less between rows, above 1 more.",
  hidden: "How many neurons each hidden layer has.",
  activations: "What a neuron of the layer makes of the sum of its inputs.",
};

/** Terms that are no setting, in the order in which they are explained. @type {[term: string, text: string][]} */
export const TERMS = [
  ["Step, epoch", "A step changes the weights once, from one batch; an epoch is as many steps as use every training row once."],
  ["Back", "Goes to the weights of an earlier step; settings stay as they are now, and the way forward from there uses them."],
  ["↺", "A change of this setting starts the training anew from step 0; all others are used from the next step on."],
];

/** What is drawn, by what it is. */
export const DRAWN = {
  inputs: "How many numbers the first layer reads: a column of categories becomes several, and so may a column of numbers.",
  held: "An input without a map is not on an axis of the picture: it is held at one value there.",
  table: "Each category has its own line of learned numbers; they are in the table of numbers of the network.",
  activations: "a1 is the first hidden layer, a2 the next, and the last one the output: how often its neurons have which value, "
    + "over training rows.",
};

/** Of what is drawn in the network. @type {[term: string, text: string][]} */
export const NETWORK = [
  ["Squares", "Each neuron with what it answers over the columns of the picture; a click shows it large."],
  ["Lines", "Weights: the wider the larger, colored by sign. Drag one up or down to change it, or click it to type a number."],
  ["Dots", "The bias of a neuron, colored by sign; it is changed in the same way."],
  ["Dotted lines", DRAWN.table],
  ["Empty dashed squares", DRAWN.held],
  ["Numbers", DRAWN.inputs],
];

/** Of options of the mathematics. */
export const PRECISION = "float64 computes the step with about 16 digits, as a textbook would; float32 with about 7, as the engine "
  + "that trains does.";

/** Said once when the answers stay near those of always naming the most frequent class. */
export const SLOW = "So far hardly better than always naming the most frequent class. More neurons or layers, more steps, or "
  + "another learning rate may help.";
