// ws for Node.js: echo at /, a broadcast at /hub, and Phoenix's protocol, version 2, at
// /socket/websocket, as a server written by hand would speak it.
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

const members = new Map(); // of topics

function leaveTopic(topic, socket) {
  const all = members.get(topic);
  all?.delete(socket);
  if (all?.size === 0) members.delete(topic);
}

function serveChannels(socket) {
  const joined = new Map(); // topic: join_ref
  const say = (...message) => socket.send(JSON.stringify(message));
  const reply = (joinRef, ref, topic, status, response) => say(joinRef, ref, topic, "phx_reply", { response, status });
  socket.on("close", () => {
    for (const topic of joined.keys()) leaveTopic(topic, socket);
  });
  socket.on("message", (data) => {
    const [joinRef, ref, topic, event, payload] = JSON.parse(data);
    if (topic === "phoenix" && event === "heartbeat") return reply(null, ref, topic, "ok", {});
    if (event === "phx_join") {
      joined.set(topic, joinRef);
      if (!members.has(topic)) members.set(topic, new Set());
      members.get(topic).add(socket);
      return reply(joinRef, ref, topic, "ok", {});
    }
    if (!joined.has(topic)) return reply(null, ref, topic, "error", { reason: "unmatched topic" });
    if (joinRef !== joined.get(topic)) return;
    if (event === "phx_leave") {
      joined.delete(topic);
      leaveTopic(topic, socket);
      reply(joinRef, ref, topic, "ok", {});
      return say(joinRef, joinRef, topic, "phx_close", {});
    }
    if (event === "echo") return reply(joinRef, ref, topic, "ok", payload);
    if (event === "values") return reply(joinRef, ref, topic, "ok", { body: payload.body });
    const out = JSON.stringify([null, null, topic, event, payload]);
    for (const member of members.get(topic)) member.send(out);
  });
}

const places = { "/hub": serveMember, "/socket/websocket": serveChannels };

const http = values["tls-key"]
  ? createTlsServer({ cert: readFileSync(values["tls-cert"]), key: readFileSync(values["tls-key"]) })
  : createServer();
// Compresses as little a message as any other server here does.
const deflate = values.compress && { threshold: 0 };
const sockets = new WebSocketServer({ server: http, perMessageDeflate: deflate });
sockets.on("connection", (socket, request) => {
  socket.on("error", () => {});
  (places[request.url.split("?")[0]] ?? serveEcho)(socket);
});
http.listen(0, "127.0.0.1", 4096, () => {
  console.log(`${values["tls-key"] ? "wss" : "ws"}://127.0.0.1:${http.address().port}/`);
});
