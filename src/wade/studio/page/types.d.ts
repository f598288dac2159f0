// Made from src/wade/studio/messages.py by scripts/studio_types.py.

/** What maps are drawn over, in the columns' own units. */
export interface Axes {
  kind: "histogram" | "line" | "plane";
  columns: [string, string];
  units: [string, string];
  x: [number, number];
  y: [number, number];
  held: string;
  points: Array<[number, number]>;
  observed: Array<number>;
  parts: Array<number>;
  of_rows: number;
  rows: Array<number>;
}

/** The batch of the step at hand, and what the row at hand adds to its gradient of the chosen weight. */
export interface BatchShown {
  size: number;
  rows: Array<number>;
  loss: number | null;
  share: number;
  gradient: number | null;
  row_gradient: number | null;
}

/** A cell of a table: plain text; of a number its value, of a symbol its MathML as well. */
export interface CellShown {
  text: string;
  value: number | null;
  mathml: string;
}

/** A column of the table. */
export interface ColumnInfo {
  name: string;
  role: string;
  reason: string;
  unit: string;
  summary: string;
  can_be_drawn: boolean;
  can_be_target: boolean;
}

/** Change settings. Those in `State.live` go on from the same parameters; any other starts the training anew. */
export interface Configure {
  command: "configure";
  settings: Record<string, any>;
  id: number;
}

/** The page can take this many more frames. */
export interface Credit {
  command: "credit";
  frames: number;
  id: number;
}

/** Curves over steps, with at most some hundred points, that replace those before them. */
export interface Curves {
  type: "curves";
  steps: Array<number>;
  epochs: Array<number>;
  train: Array<number | null>;
  validation_steps: Array<number>;
  validation: Array<number | null>;
  train_metric: Array<number | null>;
  validation_metric: Array<number | null>;
  metric: string;
  loss: string;
  learning_rate: Array<number | null>;
}

/** The table at hand. */
export interface DataInfo {
  name: string;
  source: string;
  columns: Array<ColumnInfo>;
  task: "binary" | "multiclass" | "regression";
  classes: Array<string>;
  rows: Record<string, number>;
  split: string;
  notes: Array<string>;
  noise: number | null;
}

/** Set one parameter, such as "W1[0,2]". */
export interface Edit {
  command: "edit";
  parameter: string;
  value: number;
  id: number;
}

/** A file whose bytes follow in the next binary message that begins with "WFIL". */
export interface FileAnnounced {
  name: string;
  type: string;
  size: number;
}

/** A formula: MathML that is safe as markup and whose elements have addresses in `data-of`, and plain text. */
export interface FormulaBlock {
  kind: "formula";
  mathml: string;
  plain: string;
  label: string;
  short: boolean;
}

/** A heading within a section, as plain text. */
export interface HeadingBlock {
  kind: "heading";
  text: string;
}

/** A layer of neurons that compute. */
export interface LayerInfo {
  name: string;
  size: number;
  shown: Array<number>;
  activation: string;
  names: Array<string>;
}

/** The step at hand as a document of formulas with addresses; the reply is `MathematicsShown`. */
export interface Mathematics {
  command: "mathematics";
  form?: "both" | "numbers" | "symbols";
  digits?: number;
  precision?: "float32" | "float64";
  check?: boolean;
  id: number;
}

/** A part of the mathematics of a step. */
export interface MathematicsSection {
  title: string;
  phase: "" | "backward" | "forward" | "update";
  blocks: Array<TextBlock | HeadingBlock | FormulaBlock | TableBlock>;
}

/** The mathematics of the step at hand. */
export interface MathematicsShown {
  step: number;
  precision: "float32" | "float64";
  sections: Array<MathematicsSection>;
  values: Record<string, number | null>;
  batch: BatchShown;
}

/** The network: what it reads and its layers. */
export interface NetworkInfo {
  inputs: Array<string>;
  inputs_shown: Array<number>;
  layers: Array<LayerInfo>;
  parameters: Record<string, Array<number>>;
  n_parameters: number;
  dtype: string;
}

/** The exact numbers of a picture; the reply is `NumbersShown`. */
export interface Numbers {
  command: "numbers";
  of: "activations" | "boundary" | "confusion" | "data" | "histogram" | "losses" | "metrics" | "neuron" | "parameters";
  name?: string;
  id: number;
}

/** A table of exact numbers. */
export interface NumbersShown {
  title: string;
  columns: Array<string>;
  rows: Array<Array<any>>;
  of_rows: number;
}

/** Begin, or go on with the session whose key the page still has; the reply is the `State`. */
export interface Open {
  command: "open";
  session?: string | null;
  settings?: Record<string, any> | null;
  id: number;
}

/** Take another table: a built-in name, a generator, a path, "upload" (the last one), or a formula y = f(x). */
export interface OpenData {
  command: "open_data";
  source: "built_in" | "formula" | "generated" | "path" | "upload";
  name: string;
  target?: string | null;
  rows?: number | null;
  noise?: number | null;
  id: number;
}

/** Stop between two steps. */
export interface Pause {
  command: "pause";
  id: number;
}

/** Train until `pause`; at most `speed` steps a second, or as fast as it goes. */
export interface Play {
  command: "play";
  speed?: number | null;
  id: number;
}

/** The program that ends in the parameters on screen; the reply is `ProgramShown`. */
export interface Program {
  command: "program";
  language?: "numpy" | "torch" | "wade";
  id: number;
}

/** A program, and for each line the addresses that it computes. */
export interface ProgramShown {
  language: string;
  name: string;
  text: string;
  lines: Record<string, Array<string>>;
  beside: string;
}

/** Of a command: its result, or an error. */
export interface Reply {
  type: "reply";
  id: number;
  result: any;
  error: string | null;
  setting: string | null;
}

/** Begin again: from the same starting parameters, or from others (the next seed). */
export interface Restart {
  command: "restart";
  seed?: "new" | "same";
  id: number;
}

/** The row whose step is shown. */
export interface RowAtHand {
  index: number;
  of_rows: number;
  values: Record<string, any>;
  observed: any;
  predicted: any;
  probability: number | null;
  in_batch: boolean;
}

/** A file to keep; the reply is `FileAnnounced`, and its bytes follow in one binary message. */
export interface Save {
  command: "save";
  what?: "model" | "numbers" | "program" | "recording";
  language?: "numpy" | "torch" | "wade";
  of?: string;
  name?: string;
  id: number;
}

/** Choose the row at hand, the weight whose chain rule is shown, the drawn columns, or the enlarged neuron. */
export interface Select {
  command: "select";
  row?: number | null;
  parameter?: string | null;
  columns?: [string, string] | null;
  neuron?: string | null;
  id: number;
}

/** All settings of a training, as they stand. */
export interface Settings {
  inputs: Array<string>;
  target: string;
  split: string;
  validation_share: number;
  hidden: Array<number>;
  activations: Array<string>;
  loss: string;
  optimizer: string;
  optimizer_constants: Record<string, number | boolean>;
  learning_rate: number;
  schedule: string;
  epochs: number;
  batch_size: number;
  l1: number;
  l2: number;
  dropout: number;
  clip_norm: number | null;
  seed: number;
  recipe: "default" | "plain";
  initial_scale: number;
}

/** Everything that a page needs to draw itself, but what frames and curves bring. */
export interface State {
  session: string;
  running: boolean;
  step: number;
  epoch: number;
  phase: "" | "backward" | "forward";
  rows_per_epoch: number;
  settings: Settings;
  choices: Record<string, Array<string>>;
  live: Array<string>;
  data: DataInfo;
  network: NetworkInfo;
  axes: Axes;
  row: RowAtHand | null;
  parameter: string;
  neuron: string;
  trouble: Trouble | null;
  metrics: Record<string, Record<string, number | null>>;
  metric_info: Record<string, [string, string]>;
  can_go_back: boolean;
  engine: string;
  speed: number;
  viewing: string;
}

/** A new state. */
export interface StateChanged {
  type: "state";
  state: State;
}

/** Take steps, phases of a step, or go to the end of epochs; backwards where `count` is negative. */
export interface Step {
  command: "step";
  unit?: "epoch" | "phase" | "step";
  count?: number;
  id: number;
}

/** Cells under their titles; where `grouped`, an empty first cell goes on with the name above it. */
export interface TableBlock {
  kind: "table";
  titles: Array<string>;
  rows: Array<Array<CellShown>>;
  grouped: boolean;
}

/** A paragraph, as plain text. */
export interface TextBlock {
  kind: "text";
  text: string;
}

/** Why training stopped by itself, and what to do. */
export interface Trouble {
  message: string;
  remedy: string;
  back_to: number | null;
}

/** A file of this many bytes follows in binary messages; the reply is the `State` once it is read. */
export interface Upload {
  command: "upload";
  name: string;
  size: number;
  id: number;
}

/** What the page can see now: the server computes nothing else. */
export interface View {
  command: "view";
  maps?: boolean;
  boundary?: boolean;
  curves?: boolean;
  neurons?: number;
  grid?: number;
  id: number;
}

export type AnyCommand = Configure | Credit | Edit | Mathematics | Numbers | Open | OpenData | Pause | Play | Program | Restart | Save | Select | Step | Upload | View;
