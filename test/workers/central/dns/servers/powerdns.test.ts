import { describe } from "vitest";
import type { ProviderPorts } from "../../../../../workers/central/dns/provider.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { startPowerDns } from "../../../../servers/powerdns.ts";
import { providerContract, type Subject } from "../contract.ts";
import { asked } from "./asked.ts";
import { patch, providerAt, rrsetOf, zone } from "./powerdns-zone.ts";

/** The server has done it, and its answer never comes. */
const answerLost: ProviderPorts["fetch"] = async (request) => {
  const answer = await fetch(request);
  if (request.method === "PATCH") throw new TypeError("connection reset");
  return answer;
};

describe.skipIf(serversMissing)(needingServers("powerdns with PowerDNS"), () => {
  providerContract("powerdns", () => start(true));
  providerContract("powerdns without lua_records", () => start(false));
});

async function start(lua: boolean): Promise<Subject> {
  const server = await startPowerDns({ zones: [zone] });
  const [empty, unstamped] = [await startPowerDns(), await startPowerDns({ zones: [zone] })];
  return {
    zone,
    provider: providerAt(server, { lua }),
    ask: asked(server.dnsPort),
    foreign: (set) => patch(server, [rrsetOf(set)]),
    meet: {
      unauthorized: async () => providerAt(server, { apiKey: "wrong" }),
      "no-zone": async () => providerAt(empty),
      unreachable: async () => providerAt(server, { endpoint: "http://127.0.0.1:1" }),
      unknown: async () => providerAt(unstamped, { ports: { fetch: answerLost } }),
    },
    stop: async () => {
      for (const each of [server, empty, unstamped]) await each.stop();
    },
  };
}
