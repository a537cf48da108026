// The stock JavaScript client, driven by a test: prints one JSON line for everything that happens to it.
import { createRequire } from "node:module";
const { io } = createRequire(new URL("../../web/package.json", import.meta.url))("socket.io-client");

const [url, subscription, options] = process.argv.slice(2);
const say = (what, data) => console.log(JSON.stringify({ what, data, at: Date.now() }));
const socket = io(url, { reconnectionDelay: 100, reconnectionDelayMax: 300, ...JSON.parse(options) });

let place = JSON.parse(subscription);
// Before it is connected: the upgrade may be over by then.
socket.io.on("open", () => socket.io.engine.once("upgrade", (transport) => say("upgraded", transport.name)));
socket.on("connect", () => {
  socket.emit("subscribe-repo", place, (answer) => {
    say("subscribed", answer);
    place = { slug: answer.slug, since: answer.seq, epoch: answer.epoch };
  });
});
for (const event of ["workflow-update", "job-update", "server-draining"]) {
  socket.on(event, (data) => {
    if (data.seq) place.since = data.seq;
    say(event, data);
  });
}
socket.on("disconnect", (reason) => say("disconnect", reason));
socket.on("connect_error", (error) => say("connect_error", error.message));
process.stdin.on("data", () => {}).on("end", () => process.exit(0));
