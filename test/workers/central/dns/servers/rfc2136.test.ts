import { describe } from "vitest";
import { makeTsigKey, startBind } from "../../../../servers/bind.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { providerContract } from "../contract.ts";
import { asked } from "./asked.ts";
import { add, answerLost, nsupdate, providerAt, startEmptyBind, zone } from "./bind-zone.ts";

describe.skipIf(serversMissing)(needingServers("rfc2136 with BIND"), () => {
  providerContract("rfc2136", async () => {
    const server = await startEmptyBind();
    const wrong = makeTsigKey(server.key.name, "hmac-sha256");
    const elsewhere = await startBind({ zones: ["elsewhere.test"], key: server.key });
    return {
      zone,
      provider: providerAt(server),
      ask: asked(server.port),
      foreign: (set) => nsupdate(server, add(set)),
      meet: {
        unauthorized: async () => providerAt(server, { key: wrong }),
        "no-zone": async () => providerAt(elsewhere),
        // Nobody listens on a port that BIND's own is not.
        unreachable: async () => providerAt(server, { port: 1 }),
        unknown: async () => providerAt(server, { ports: { dial: answerLost } }),
      },
      stop: async () => {
        await server.stop();
        await elsewhere.stop();
      },
    };
  });
});
