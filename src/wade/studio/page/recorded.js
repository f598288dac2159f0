/** The page of a recording: the studio's own views, over a channel that replays what the file holds. */
import { replay, unpacked } from "./recording.js";
import { start } from "./studio.js";

const data = /** @type {HTMLElement} */ (document.getElementById("recording"));
unpacked(data.textContent ?? "").then((recording) => start(replay(recording)));
