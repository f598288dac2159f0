/** Files that the server makes, kept by the browser. */

/** @typedef {import("../store.js").Store} Store */

/** Asks for a file and gives it to the browser to keep. @param {Store} store @param {import("../channel.js").Ask} command */
export async function saved(store, command) {
  const heard = store.file();
  const announced = await store.send(command).catch(() => null);
  if (!announced) return;
  const { about, bytes } = await heard;
  const url = URL.createObjectURL(new Blob([bytes], { type: about.type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = about.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  store.say(`${about.name} is saved.`);
}
