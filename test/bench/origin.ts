/** The one origin of all subjects: the cheapest HTTP server there can be, so that the subject is the bottleneck. */
import { type AddressInfo, createServer } from "node:net";

const body = JSON.stringify({ hello: "world", padding: "x".repeat(200) });
const answer = Buffer.from(
  [
    "HTTP/1.1 200 OK",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    "Cache-Control: public, max-age=60",
    'ETag: "33a64df551425fcc"',
    "Server: bench",
    "Vary: Accept-Encoding",
    "",
    body,
  ].join("\r\n"),
);

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    // Requests have no bodies here and never span reads of their head's last bytes on a loopback in practice;
    // the runner checks that answers equal requests.
    if (chunk.subarray(-4).toString("latin1") === "\r\n\r\n") socket.write(answer);
  });
});
server.listen(0, "127.0.0.1", () =>
  console.log(`listening ${(server.address() as AddressInfo).port}`),
);
