/**
 * The parts of a line of Python, for coloring: comments, strings, numbers, keywords and names that are defined.
 *
 * @typedef {"comment" | "string" | "number" | "keyword" | "definition" | ""} Kind
 * @typedef {{text: string, kind: Kind}} Piece
 */

const KEYWORDS = new Set(
  (
    "and as assert async await break case class continue def del elif else except False finally for from global if " +
    "import in is lambda match None nonlocal not or pass raise return True try while with yield"
  ).split(" "),
);
const TOKEN = new RegExp(
  [
    "(?<comment>#.*)",
    `(?<long>[rbfRBF]{0,2}(?:"""|'''))`,
    `(?<string>[rbfRBF]{0,2}(?:"(?:\\\\.|[^"\\\\])*"|'(?:\\\\.|[^'\\\\])*'))`,
    "(?<number>\\b(?:0[xX][\\da-fA-F_]+|\\d[\\d_]*(?:\\.\\d*)?(?:[eE][+-]?\\d+)?)\\b|\\.\\d+(?:[eE][+-]?\\d+)?)",
    "(?<name>[\\p{L}_][\\p{L}\\d_]*)",
  ].join("|"),
  "gu",
);

/** The pieces of each line of a program. @param {string} text @returns {Piece[][]} */
export function piecesOf(text) {
  let open = ""; // the quotes of a text over several lines
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => {
      /** @type {Piece[]} */
      const pieces = [];
      let at = 0;
      /** @param {number} end @param {Kind} kind */
      const take = (end, kind) => {
        if (end > at) pieces.push({ text: line.slice(at, end), kind });
        at = end;
      };
      const close = () => {
        const end = line.indexOf(open, at);
        take(end < 0 ? line.length : end + 3, "string");
        if (end >= 0) open = "";
      };
      if (open) close();
      let before = "";
      for (TOKEN.lastIndex = at; !open && at < line.length; TOKEN.lastIndex = at) {
        const found = TOKEN.exec(line);
        if (!found) break;
        const { comment, long, string, number, name } = found.groups ?? {};
        take(found.index, "");
        const end = found.index + found[0].length;
        if (long) {
          open = long.slice(-3);
          pieces.push({ text: found[0], kind: "string" });
          at = end;
          close();
          continue;
        }
        const isKeyword = name !== undefined && KEYWORDS.has(name);
        const isDefined = before === "def" || before === "class";
        take(
          end,
          comment
            ? "comment"
            : string
              ? "string"
              : number
                ? "number"
                : isKeyword
                  ? "keyword"
                  : name && isDefined
                    ? "definition"
                    : "",
        );
        before = name ?? "";
      }
      take(line.length, open ? "string" : "");
      return pieces;
    });
}
