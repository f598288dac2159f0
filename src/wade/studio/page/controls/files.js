/** Files that the server makes, whoever asked for them: the browser keeps them. */

const KEPT = 10_000; // milliseconds that the browser has to begin

/** @param {import("../channel.js").Heard["file"]} file @param {import("../store.js").Store} store */
export function keep({ about, bytes }, store) {
  const url = URL.createObjectURL(new Blob([bytes], { type: about.type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = about.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
  store.say(`${about.name} is saved.`);
}
