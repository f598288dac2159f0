/** Elements from data: text is only ever text. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {string | number | boolean | null | undefined | ((event: any) => void)} Attribute
 * @typedef {Node | string | number | null | undefined | false} Child
 */

/**
 * An element of HTML. Attributes that begin with "on" are listeners; those that are false or null are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, Attribute>} [attributes] @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/**
 * An element of SVG.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Record<string, Attribute>} [attributes] @param {...Child} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function makeSvg(tag, attributes = {}, ...children) {
  return furnish(/** @type {any} */ (document.createElementNS(SVG, tag)), attributes, children);
}

/** @template {Element} E @param {E} element @param {Record<string, Attribute>} attributes @param {Child[]} children */
function furnish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter(isShown).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/** @param {Child} child @returns {child is Node | string | number} */
const isShown = (child) => child !== null && child !== undefined && child !== false && child !== "";

/** A control under its label. @param {string} text @param {Element} control @returns {HTMLLabelElement} */
export function labelled(text, control) {
  return make("label", { class: "field" }, make("span", {}, text), control);
}

/**
 * A choice of one among options.
 * @param {string} text its label
 * @param {(value: string) => void} onChoice
 * @returns {{element: HTMLLabelElement, offer: (options: [value: string, text: string][], chosen: string) => void}}
 */
export function choice(text, onChoice) {
  const select = make("select", { onchange: () => onChoice(select.value) });
  let offered = "";
  return {
    element: labelled(text, select),
    offer: (options, chosen) => {
      const now = JSON.stringify(options);
      if (now !== offered) select.replaceChildren(...options.map(([value, name]) => make("option", { value }, name)));
      offered = now;
      if (select.value !== chosen) select.value = chosen;
    },
  };
}

/**
 * A region that scrolls by itself, by keyboard too.
 * @param {string} label @param {string} className @param {...Child} children
 */
export function scrolling(label, className, ...children) {
  return make("div", { class: `scroll ${className}`, tabindex: 0, role: "region", "aria-label": label }, ...children);
}

/**
 * A line that reads values out. It is read aloud only while `spoken` has the focus and nothing moves by itself.
 * @param {Element} spoken what the keyboard moves in
 */
export function readoutOf(spoken) {
  const element = make("output", { class: "readout", "aria-live": "off" });
  let hasFocus = false;
  spoken.addEventListener("focusin", () => (hasFocus = true));
  spoken.addEventListener("focusout", () => (hasFocus = false));
  return {
    element,
    /** @param {string} text @param {boolean} isMoving */
    tell: (text, isMoving) => {
      element.setAttribute("aria-live", hasFocus && !isMoving ? "polite" : "off");
      tell(element, text);
    },
  };
}

/** Sets a text where it differs, so that nothing is read aloud twice. @param {Element} element @param {string} text */
export function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
