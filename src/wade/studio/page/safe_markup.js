/**
 * The one gate through which formulas come into the page: elements and attributes of a list, and texts.
 *
 * Markup is read into a document of its own, where nothing runs and nothing is loaded, and what the list has is made
 * anew in the page. Of an element that the list lacks only the text comes through.
 */

const MATHML = "http://www.w3.org/1998/Math/MathML";
const HTML = "http://www.w3.org/1999/xhtml";

/** Elements by namespace. @type {Record<string, Set<string>>} */
const ELEMENTS = {
  [MATHML]: new Set(
    (
      "math mrow mi mn mo mtext mspace mfrac msqrt mroot msup msub msubsup munder mover munderover mtable mtr mtd " +
      "mpadded mphantom mstyle"
    ).split(" "),
  ),
  [HTML]: new Set("p span strong em sub sup var bdi code br ul ol li".split(" ")),
};
const ATTRIBUTES = new Set(
  (
    "data-of display displaystyle form stretchy fence separator lspace rspace accent columnalign dir lang " +
    "mathvariant"
  ).split(" "),
);

/**
 * What is admitted of some markup, to be put into the page.
 * @param {string} markup @returns {DocumentFragment}
 */
export function safeMarkup(markup) {
  const read = new DOMParser().parseFromString(markup, "text/html");
  const admitted = document.createDocumentFragment();
  admitted.append(...[...read.body.childNodes].flatMap(copied));
  return admitted;
}

/** @param {Node} node @returns {Node[]} */
function copied(node) {
  if (node instanceof Text) return [document.createTextNode(node.data)];
  if (!(node instanceof Element)) return [];
  if (/^(script|style|template)$/i.test(node.localName)) return [];
  const children = [...node.childNodes].flatMap(copied);
  const namespace = node.namespaceURI ?? "";
  if (!ELEMENTS[namespace]?.has(node.localName)) return children;
  const made = document.createElementNS(namespace, node.localName);
  for (const { name, value } of node.attributes) if (ATTRIBUTES.has(name)) made.setAttribute(name, value);
  made.append(...children);
  return [made];
}
