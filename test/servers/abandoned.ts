/** A run for process.test.ts to kill: starts a server, prints its process ID and folder, and never stops it. */
import { HOST, startServer } from "./process.ts";

const server = await startServer({
  name: "abandoned",
  portCount: 1,
  prepare: (_folder, [port]) => ({
    program: process.execPath,
    flags: [
      "-e",
      `require("node:http").createServer((_, a) => a.end()).listen(${port}, "${HOST}")`,
    ],
  }),
  answers: async ([port]) => (await fetch(`http://${HOST}:${port}`)).ok,
});
console.log(JSON.stringify({ id: server.id, folder: server.folder }));
