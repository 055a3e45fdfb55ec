/** PowerDNS Authoritative on loopback: its HTTP API, and DNS over UDP and TCP. A change is seen by the next query. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { HOST, startServer } from "./process.ts";
import { needPrograms } from "./programs.ts";

export interface PowerDns {
  /** The root of the API's server: `${endpoint}/api/v1/servers/localhost/zones`. */
  readonly endpoint: string;
  /** For the header `X-API-Key`. */
  readonly apiKey: string;
  readonly dnsPort: number;
  /** A native zone that holds its SOA and NS only. */
  createZone(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Names with or without the last dot. */
export async function startPowerDns(
  options: { readonly zones?: readonly string[] } = {},
): Promise<PowerDns> {
  const apiKey = randomUUID();
  const headers = { "X-API-Key": apiKey, "Content-Type": "application/json" };
  const api = (port: number | undefined) => `http://${HOST}:${port}/api/v1/servers/localhost`;
  const server = await startServer({
    name: "powerdns",
    portCount: 2,
    async prepare(folder, [apiPort = 0, dnsPort = 0]) {
      const { pdns, pdnsSchema } = needPrograms("pdns", "pdnsSchema");
      const database = new DatabaseSync(join(folder, "zones.sqlite3"));
      database.exec(readFileSync(pdnsSchema, "utf8"));
      database.close();
      await writeFile(join(folder, "pdns.conf"), settings({ folder, apiKey, apiPort, dnsPort }));
      return { program: pdns, flags: [`--config-dir=${folder}`] };
    },
    answers: async ([port]) => (await fetch(api(port), { headers })).ok,
  });
  const [apiPort = 0, dnsPort = 0] = server.ports;
  const createZone = async (name: string) => {
    const zone = name.replace(/\.?$/, ".");
    const body = { name: zone, kind: "Native", nameservers: [`ns1.${zone}`] };
    const answer = await fetch(`${api(apiPort)}/zones`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`PowerDNS refused zone ${zone}: ${await answer.text()}`);
  };
  for (const zone of options.zones ?? []) await createZone(zone);
  return {
    endpoint: `http://${HOST}:${apiPort}`,
    apiKey,
    dnsPort,
    createZone,
    stop: () => server.stop(),
  };
}

/** https://doc.powerdns.com/authoritative/settings.html */
function settings(of: {
  folder: string;
  apiKey: string;
  apiPort: number;
  dnsPort: number;
}): string {
  return [
    "daemon=no",
    "guardian=no",
    `socket-dir=${of.folder}`,
    `local-address=${HOST}`,
    `local-port=${of.dnsPort}`,
    "launch=gsqlite3",
    `gsqlite3-database=${join(of.folder, "zones.sqlite3")}`,
    // The database goes with the test: a disk that is waited for proves nothing.
    "gsqlite3-pragma-synchronous=0",
    "api=yes",
    `api-key=${of.apiKey}`,
    "webserver=yes",
    `webserver-address=${HOST}`,
    `webserver-port=${of.apiPort}`,
    `webserver-allow-from=${HOST}`,
    "cache-ttl=0",
    "query-cache-ttl=0",
    "negquery-cache-ttl=0",
    "zone-cache-refresh-interval=0",
    "enable-lua-records=yes",
    // The default is 5: a test of failover waits for the next look at an address.
    "lua-health-checks-interval=1",
    // No question to the vendor about security notices.
    "security-poll-suffix=",
    "receiver-threads=1",
    "distributor-threads=1",
    "",
  ].join("\n");
}
