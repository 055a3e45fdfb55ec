import { describe } from "vitest";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { contentOf } from "../../../../../workers/central/dns/powerdns/content.ts";
import { powerdnsProvider } from "../../../../../workers/central/dns/powerdns.ts";
import type { Provider, ProviderPorts } from "../../../../../workers/central/dns/provider.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { type PowerDns, startPowerDns } from "../../../../servers/powerdns.ts";
import { OWNER, providerContract } from "../contract.ts";
import { asked } from "./asked.ts";
import { ports } from "./ports.ts";

const zone = "shop.test";

interface Told {
  readonly zone?: string;
  readonly apiKey?: string;
  readonly endpoint?: string;
  readonly lua?: boolean;
  readonly ports?: Partial<ProviderPorts>;
}

const providerAt = (server: PowerDns, told: Told = {}): Provider =>
  powerdnsProvider(
    {
      zone: told.zone ?? zone,
      owner: OWNER,
      endpoint: told.endpoint ?? server.endpoint,
      settings: { server_id: "localhost", lua_records: told.lua ?? true },
      credentials: { api_key: told.apiKey ?? server.apiKey },
    },
    { ...ports, ...told.ports },
  );

/** Past the provider, as an operator does it. */
async function patch(server: PowerDns, rrsets: readonly unknown[]): Promise<void> {
  const answer = await fetch(`${server.endpoint}/api/v1/servers/localhost/zones/${zone}.`, {
    method: "PATCH",
    headers: { "x-api-key": server.apiKey, "content-type": "application/json" },
    body: JSON.stringify({ rrsets }),
  });
  if (!answer.ok) throw new Error(`PowerDNS refused: ${await answer.text()}`);
}

const rrsetOf = ({ name, type, ttl, values }: RecordSet) => ({
  name: `${name}.`,
  type,
  ttl,
  changetype: "REPLACE",
  records: values.map((value) => ({ content: contentOf(type, value), disabled: false })),
});

/** The server has done it, and its answer never comes. */
const answerLost: ProviderPorts["fetch"] = async (request) => {
  const answer = await fetch(request);
  if (request.method === "PATCH") throw new TypeError("connection reset");
  return answer;
};

describe.skipIf(serversMissing)(needingServers("powerdns with PowerDNS"), () => {
  providerContract("powerdns", async () => {
    const server = await startPowerDns({ zones: [zone] });
    const [empty, unstamped] = [await startPowerDns(), await startPowerDns({ zones: [zone] })];
    return {
      zone,
      provider: providerAt(server),
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
  });
});
