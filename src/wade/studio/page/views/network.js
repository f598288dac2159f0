/** The network: neurons with what they compute, weights as lines that can be pointed at, dragged and typed. */
import { parsed } from "../address.js";
import { explained } from "../controls/explained.js";
import { watchSize } from "../drawing/canvas.js";
import { make, makeSvg } from "../drawing/elements.js";
import { written } from "../drawing/format.js";
import { onScheme } from "../drawing/palette.js";
import { NETWORK } from "../help_texts.js";
import { dragging } from "./network/dragging.js";
import { chosenMark, drawEdges, edgesOf, middleOf, neighbour } from "./network/edges.js";
import { editor, edits, placeBeside } from "./network/editor.js";
import { heads } from "./network/heads.js";
import { labels } from "./network/labels.js";
import { capacity, layoutOf } from "./network/layout.js";
import { legend } from "./network/legend.js";
import { drawNeurons, neuronOf, numberAt, rangeOf, scalesOf } from "./network/neurons.js";
import { tipOf } from "./network/tip.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("./network/edges.js").Edge} Edge
 * @typedef {import("./network/neurons.js").Neuron} Neuron
 */

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function network(element, store) {
  const svg = makeSvg("svg", { class: "edges" });
  const tip = tipOf(store);
  const field = make("div", { class: "net-field" }, svg);
  const scroller = make("div", { class: "net-scroll scroll", role: "group", "aria-label": "Layers" }, field);
  const foot = legend();
  element.classList.add("network");
  foot.element.append(explained("What is drawn?", NETWORK));
  element.append(scroller, foot.element);

  const chosen = chosenMark();
  /** @type {Edge[]} */ let edges = [];
  /** @type {Neuron[]} */ let neurons = [];
  /** @type {import("./network/layout.js").Layout | null} */ let layout = null;
  /** @type {HTMLElement | null} */ let open = null;
  /** @type {import("./network/neurons.js").Scale[]} */ let scales = [];
  let [structure, widest, width, height, askedFor] = ["", 1, 0, 0, 0];
  const edit = edits(store);

  const build = () => {
    const { state } = store;
    if (!state || !width) return;
    const { hidden, activations } = state.settings;
    const now = JSON.stringify([state.network, hidden, activations, width, height]);
    if (now === structure) return;
    structure = now;
    const focused = keyOf(document.activeElement);
    const made = layoutOf(state.network, width, height);
    layout = made;
    const last = state.network.layers.length;
    const nameOf = (/** @type {number} */ layer) => (layer === last ? "the output" : `hidden layer ${layer}`);
    edges = edgesOf(made, nameOf);
    const nodes = made.columns.flat();
    neurons = nodes.filter((node) => node.kind === "input" || node.kind === "neuron")
      .map((node) => neuronOf(node, made.size, nameOf(node.layer), node.layer === last));
    svg.setAttribute("viewBox", `0 0 ${made.width} ${made.height}`);
    field.style.width = svg.style.width = `${Math.floor(made.width)}px`;
    field.style.height = svg.style.height = `${made.height}px`;
    svg.replaceChildren(...edges.map((edge) => edge.path), chosen.element);
    field.replaceChildren(svg, ...heads(store, state, made), ...neurons.map((neuron) => neuron.element),
      ...neurons.flatMap((neuron) => neuron.bias ?? []), ...labels(nodes, made, last), tip.element);
    scroller.tabIndex = made.width > width ? 0 : -1;
    rove(neurons[0]?.element);
    rove(edges.find((edge) => edge.source.kind !== "table")?.path);
    close();
    if (focused) {
      const again = field.querySelector(focused) ?? field.querySelector(".head button"); // what was removed has no place
      /** @type {HTMLElement | null} */ (again)?.focus();
    }
    const fitting = Math.min(512, capacity(height) * (last + 1));
    if (fitting !== askedFor) store.send({ command: "view", neurons: fitting }).catch(() => {});
    askedFor = fitting;
    draw();
  };

  const draw = () => {
    const { state, frame } = store;
    if (!state || !frame || !layout) return;
    widest = drawEdges(edges, frame);
    chosen.draw(edges.find((edge) => edge.of === state.parameter && edge.source.kind !== "table"));
    scales = scalesOf(state, frame);
    drawNeurons(neurons, state, frame, scales, layout.size);
    drawBiases();
    foot.draw(scales, widest, state);
    drawTip();
  };

  const drawBiases = () => {
    for (const { node, bias } of neurons) {
      const value = store.frame && numberAt(store.frame, `biases:b${node.layer}`, node.place);
      bias?.classList.toggle("is-negative", (value ?? 0) < 0);
    }
  };

  /** The number at an address, of the latest frame. @param {string} of @returns {number | null} */
  const valueAt = (of) => {
    const edge = edges.find((one) => one.of === of);
    if (edge) return edge.value;
    const neuron = neurons.find((one) => one.bias?.dataset.of === of);
    return neuron && store.frame ? numberAt(store.frame, `biases:b${neuron.node.layer}`, neuron.node.place) : null;
  };

  const drawTip = () => {
    const found = describe(store.hover);
    tip.element.hidden = !found || open !== null || !layout;
    if (found && layout && !tip.element.hidden) tip.draw(found, layout, scales);
  };

  /** @param {string} of @returns {import("./network/tip.js").Told | null} */
  const describe = (of) => {
    const edge = edges.find((one) => one.of === of && one.source.kind !== "table");
    if (edge) return { ...middleOf(edge), text: `${of} = ${written(edge.value, 5)}` };
    const neuron = neurons.find(({ element, bias }) => stands(element, of) || bias?.dataset.of === of);
    if (!neuron || !layout) return null;
    const at = { x: neuron.node.x, y: neuron.node.y + layout.size / 2 };
    if (neuron.bias?.dataset.of === of) return { ...at, text: `${of} = ${written(valueAt(of), 5)}` };
    const { layer, place: shown, name } = neuron.node;
    const parts = ["z", "a", "delta"].map((letter) => {
      const value = store.frame && numberAt(store.frame, `row:${letter}${layer}`, shown);
      return value === null ? "" : `${letter.replace("delta", "δ")} = ${written(value, 4)}`;
    }).filter(Boolean);
    const values = parts.length ? parts : [rangeOf(store.frame, neuron.node.of)];
    return { ...at, neuron, text: [name ? `${name} (${of})` : of, ...values].filter(Boolean).join("\n") };
  };

  /** @param {string} of */
  const edited = (of) => {
    const value = valueAt(of);
    const [shape, address] = [describe(of), parsed(of)];
    if (value === null || !shape || !layout || !address) return;
    store.send({ command: "select", parameter: of }).catch(() => {});
    close();
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    open = editor({ of, about: aboutOf(of), value, edit, onClose: () => {
      close();
      const isOwn = before?.isConnected && field.contains(before); // a press of the mouse leaves it where it was
      const place = isOwn ? before : field.querySelector(`[data-of="${CSS.escape(of)}"]`);
      /** @type {HTMLElement | null} */ (place)?.focus();
    } });
    field.append(open);
    placeBeside(open, endsOf(of), layout);
    drawTip();
  };

  /** The neurons at the ends of what has an address. @param {string} of @returns {import("./network/layout.js").Node[]} */
  const endsOf = (of) => {
    const edge = edges.find((one) => one.of === of);
    if (edge) return [edge.source, edge.target];
    return neurons.filter(({ bias }) => bias?.dataset.of === of).map(({ node }) => node);
  };

  /** @param {string} of */
  const aboutOf = (of) => {
    const label = field.querySelector(`[data-of="${CSS.escape(of)}"]`)?.getAttribute("aria-label") ?? "";
    return label.split(/, | of /).slice(1).join(" of ").replace(/^(.)/, (first) => first.toUpperCase());
  };

  const close = () => {
    open?.remove();
    open = null;
  };

  /** One of a kind can be reached by Tab, its siblings by arrows. @param {Element | undefined | null} element */
  const rove = (element) => {
    if (!element) return;
    const isEdge = element instanceof SVGElement;
    const kind = isEdge ? ".edge" : ".neuron";
    field.querySelectorAll(`${kind}[tabindex="0"]`).forEach((one) => {
      one.setAttribute("tabindex", "-1");
      one.removeAttribute("data-command");
    });
    element.setAttribute("tabindex", "0");
    element.setAttribute("data-command", isEdge ? "weights" : "neurons");
    element.setAttribute("data-focus", "");
  };

  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const target = /** @type {Element} */ (event.target);
    const edge = edges.find((one) => one.path === target);
    const neuron = neurons.find((one) => one.element === target || one.bias === target);
    if ((!edge && !neuron) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || (edge && event.key === " ")) {
      event.preventDefault();
      if (edge) edited(edge.of);
      else if (neuron) pressed(neuron, target);
    } else if (event.key === "b" && neuron?.bias) edited(neuron.bias.dataset.of ?? "");
    else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      const next = edge ? neighbour(edges, edge, event.key)?.path : neuron && nextNeuron(neuron, event.key)?.element;
      rove(next);
      /** @type {HTMLElement | undefined} */ (/** @type {unknown} */ (next))?.focus();
    }
  };

  /** @param {Neuron} neuron @param {string} key */
  const nextNeuron = ({ node }, key) => {
    const step = key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
    if (key === "ArrowUp" || key === "ArrowDown") {
      return neurons.find((one) => one.node.layer === node.layer && one.node.place === node.place + step);
    }
    const column = neurons.filter((one) => one.node.layer === node.layer + step);
    return column.sort((one, two) => Math.abs(one.node.y - node.y) - Math.abs(two.node.y - node.y))[0];
  };

  /** @param {Neuron} neuron @param {Element} target */
  const pressed = (neuron, target) => {
    if (target === neuron.bias) edited(neuron.bias.dataset.of ?? "");
    else {
      const isEnlarged = store.state?.neuron === neuron.node.of;
      store.send({ command: "select", neuron: isEnlarged ? "" : neuron.node.of }).catch(() => {});
    }
  };

  /** @param {MouseEvent} event */
  const click = (event) => {
    const target = /** @type {Element} */ (event.target);
    const neuron = neurons.find((one) => one.element.contains(target));
    if (neuron) pressed(neuron, neuron.element);
  };
  /** @param {FocusEvent} event */
  const focus = (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.matches(".edge, .neuron, .bias")) target.setAttribute("aria-describedby", tip.element.id);
    if (target.matches(".edge, .neuron")) rove(target);
  };

  dragging(field, {
    edges: () => edges, size: () => layout?.size ?? 0, unit: () => Math.max(widest, 0.5), valueAt, edit,
    point: (of) => store.point(of), clicked: edited, elsewhere: close,
    dragged: (of) => store.send({ command: "select", parameter: of }).catch(() => {}),
  });
  field.addEventListener("click", click);
  field.addEventListener("keydown", press);
  field.addEventListener("focusin", focus);
  const leaves = [
    store.subscribe(["state"], () => {
      build();
      field.querySelectorAll(".is-chosen").forEach((one) => one.classList.remove("is-chosen"));
      for (const of of [store.state?.parameter, store.state?.neuron]) {
        if (of) [...field.querySelectorAll("[data-of]")].find((one) => stands(one, of))?.classList.add("is-chosen");
      }
    }),
    store.subscribe(["state", "frame"], draw),
    store.subscribe(["hover"], drawTip),
    watchSize(scroller, (wide, high) => {
      [width, height] = [Math.floor(wide), Math.floor(high)];
      build();
    }),
    onScheme(draw),
  ];
  return () => leaves.forEach((leave) => leave());
}

/** Whether an element stands for an address. @param {Element} element @param {string} of */
const stands = (element, of) => (element.getAttribute("data-of") ?? "").split("\n").includes(of);

/** A selector of what has the focus, so that it can have it again in a new picture. @param {Element | null} element */
function keyOf(element) {
  if (!element?.closest(".net-field")) return "";
  const { key, of } = /** @type {HTMLElement} */ (element).dataset;
  return key ? `[data-key="${CSS.escape(key)}"]` : of ? `[data-of="${CSS.escape(of)}"]` : "";
}
