// The stock JavaScript client against a server of test_clients.py: node client.mjs URL OPTIONS. Prints what happened.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { io } = require("socket.io-client");

const [url, given] = process.argv.slice(2);
const options = { ...JSON.parse(given), forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 20 };
const once = (emitter, name) => new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));
const story = {};

const refused = io(url, { ...options, auth: { token: "wrong" } });
const [error] = await once(refused, "connect_error");
story.refused = { message: error.message, data: error.data };
refused.close();

const elsewhere = io(`${url}/elsewhere`, options);
story.elsewhere = (await once(elsewhere, "connect_error"))[0].message;
elsewhere.close();

const socket = io(url, { ...options, auth: { token: "right" } });
socket.on("question", (value, answer) => answer(value, [value])); // two values
const counted = [];
socket.on("count", (number) => counted.push(number));
story.welcome = await once(socket, "welcome");
story.connected = socket.connected;
if (socket.io.engine.transport.name === "polling") await once(socket.io.engine, "upgrade");
story.transport = socket.io.engine.transport.name;
story.ack = await socket.timeout(2000).emitWithAck("echo", "é", { deep: [1, null] });
await socket.timeout(2000).emitWithAck("enter", "room");
const news = once(socket, "news");
socket.emit("publish", "room", { number: 1 });
story.news = await news;
story.binary = await socket.timeout(2000).emitWithAck("echo", Buffer.from([1, 2]), { deep: Buffer.from([3]) });
story.binary = [story.binary[0].toString("hex"), story.binary[1].deep.toString("hex")];
story.asked = await socket.timeout(2000).emitWithAck("ask-me", Buffer.from([7]));
story.counted = counted.every((number, index) => number === index) && counted.length;

const custom = socket.io.socket("/custom");
story.custom = await custom.timeout(2000).emitWithAck("echo", "there");
custom.disconnect();

await new Promise((resolve) => setTimeout(resolve, 700)); // several heartbeats
story.alive = await socket.timeout(2000).emitWithAck("echo", "still here");

const lost = once(socket, "disconnect");
const again = once(socket.io, "reconnect");
socket.emit("drop-me");
story.dropped = (await lost)[0];
await again;
story.reconnected = await socket.timeout(2000).emitWithAck("echo", "back");

const dismissed = once(socket, "disconnect");
socket.emit("dismiss-me");
story.dismissed = (await dismissed)[0];
socket.connect();
await once(socket, "connect");

socket.disconnect();
console.log(JSON.stringify(story));
