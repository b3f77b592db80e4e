// ws for Node.js: echo at / and a broadcast at /hub.
//
//   node ws.mjs [--compress] [--tls-cert FILE --tls-key FILE]
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";

const { values } = parseArgs({
  options: {
    compress: { type: "boolean", default: false },
    "tls-cert": { type: "string" },
    "tls-key": { type: "string" },
  },
});

const hub = new Set();

function serveMember(socket) {
  hub.add(socket);
  socket.on("close", () => hub.delete(socket));
  socket.on("message", (data, binary) => {
    for (const member of hub) member.send(data, { binary });
  });
}

function serveEcho(socket) {
  socket.on("message", (data, binary) => socket.send(data, { binary }));
}

const http = values["tls-key"]
  ? createTlsServer({ cert: readFileSync(values["tls-cert"]), key: readFileSync(values["tls-key"]) })
  : createServer();
// Compresses as little a message as any other server here does.
const deflate = values.compress && { threshold: 0 };
const sockets = new WebSocketServer({ server: http, perMessageDeflate: deflate });
sockets.on("connection", (socket, request) => {
  socket.on("error", () => {});
  (request.url === "/hub" ? serveMember : serveEcho)(socket);
});
http.listen(0, "127.0.0.1", 4096, () => {
  console.log(`${values["tls-key"] ? "wss" : "ws"}://127.0.0.1:${http.address().port}/`);
});
