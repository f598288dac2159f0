/** The page of `wade studio`: a channel over the server's socket. */
import { connect } from "./channel.js";
import { start } from "./studio.js";

const socket = new URL("socket", location.href.split("#")[0]);
socket.protocol = socket.protocol.replace("http", "ws");
start(connect(socket.href));
