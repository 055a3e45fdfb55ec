/** All servers of the bench in one process, because the machine has two cores and a server here only waits. */
import type { FleetAnswer, FleetRequest } from "./messages.ts";
import { BenchServer } from "./server.ts";
import { serversWith, WORKERS } from "./servers.ts";

const servers = serversWith(WORKERS).map(({ meanMs }) => new BenchServer(meanMs));

process.on("message", (request: FleetRequest) => {
  obey(request).then(() => {
    const answer: FleetAnswer = {
      id: request.id,
      ports: servers.map(({ port }) => port),
      counts: request.do === "counts" ? servers.map((server) => server.counts()) : [],
    };
    process.send?.(answer);
  });
});
process.on("disconnect", () => process.exit(0));

async function obey(request: FleetRequest): Promise<void> {
  switch (request.do) {
    case "reset":
      await Promise.all(
        servers.map((server, index) => server.reset(request.seed + index, request.workers)),
      );
      return;
    case "behave":
      await servers[request.server]?.behave(request.behaviour);
      return;
    case "recount":
      for (const server of servers) server.recount();
      return;
    default:
      return;
  }
}
