/**
 * One demo origin: a server process that says who it is. `node local/demo/origin.ts NAME PORT ADDRESS`; port 0 takes any.
 * It ends when its standard input does, so that it never outlives the planet that started it.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const [, , name = "origin", port = "0", address = "127.0.0.1"] = process.argv;

const server = createServer((request, response) => {
  request.resume();
  response.setHeader("content-type", "application/json");
  response.setHeader("x-origin", name);
  response.end(`${JSON.stringify({ origin: name, method: request.method, path: request.url })}\n`);
});

// A port that a killed predecessor held may need a moment; whoever started this one waits for the line below.
server.listen(Number(port), address, () => {
  console.log((server.address() as AddressInfo).port);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
