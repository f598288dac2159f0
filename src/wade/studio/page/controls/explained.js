/** Short explanations that can be opened: terms, each with a sentence. */
import { make } from "../drawing/elements.js";
import { TERMS } from "../help_texts.js";

/** @param {string} question @param {[term: string, text: string][]} terms @returns {HTMLDetailsElement} */
export function explained(question, terms) {
  return make("details", { class: "explained" }, make("summary", {}, question),
    make("dl", {}, ...terms.flatMap(([term, text]) => [make("dt", {}, term), make("dd", {}, text)])));
}

/** What fields say of themselves, and the terms around them. @param {import("./fields.js").Field[]} fields */
export const termsOf = (fields) => [
  ...fields.map(({ element }) => /** @type {[string, string]} */ ([
    element.querySelector("label")?.firstChild?.textContent ?? "", element.title])),
  ...TERMS,
];
