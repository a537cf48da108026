// The stock JavaScript client, watching notices: prints one JSON line for everything that it is told.
import { createRequire } from "node:module";
const { io } = createRequire(new URL("../../web/package.json", import.meta.url))("socket.io-client");

const [url, user, confirms] = process.argv.slice(2);
const say = (what, data) => console.log(JSON.stringify({ what, data }));
const options = { transports: ["websocket"], reconnectionDelay: 100, reconnectionDelayMax: 300 };
const token = user.startsWith("token:") ? user.slice("token:".length) : null;
const who = token ? { auth: { token } } : { extraHeaders: { "x-forwarded-user": user } };
const socket = io(url, { ...options, ...who });

let since = 0;
const got = (notifications) => {
  since = Math.max(since, ...notifications.map(({ id }) => id));
  if (confirms === "yes" && notifications.length > 0)
    socket.emit("notifications-seen", notifications.map(({ id }) => id), (answer) => say("confirmed", answer));
};
socket.on("connect", () =>
  socket.emit("watch-notifications", { since }, (answer) => {
    say("watching", answer);
    got(answer.pending ?? []);
  }),
);
socket.on("notification", (notification) => {
  say("notification", notification);
  got([notification]);
});
for (const event of ["notification-changed", "notifications-read", "workflow-update", "job-update"])
  socket.on(event, (data) => say(event, data));
socket.on("connect_error", (error) => say("connect_error", error.message));
process.stdin.on("data", () => {}).on("end", () => process.exit(0));
