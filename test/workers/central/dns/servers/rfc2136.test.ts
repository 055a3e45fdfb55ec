import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Change } from "../../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { fenceOf } from "../../../../../routing/dns/stamp.ts";
import { quotedTxt } from "../../../../../routing/dns/txt.ts";
import type { Provider, ProviderPorts } from "../../../../../workers/central/dns/provider.ts";
import { RFC2136_ABILITIES, rfc2136Provider } from "../../../../../workers/central/dns/rfc2136.ts";
import type { DialPort } from "../../../../../workers/ports.ts";
import { dialPort } from "../../../../helpers/dial.ts";
import { type Bind, makeTsigKey, startBind, type TsigKey } from "../../../../servers/bind.ts";
import { needingServers, needPrograms, serversMissing } from "../../../../servers/find.ts";
import { listed, OWNER, providerContract, writeNext } from "../contract.ts";
import { asked } from "./asked.ts";
import { ports } from "./ports.ts";

const zone = "shop.test";
const never = new AbortController().signal;

interface Told {
  readonly zone?: string;
  readonly key?: TsigKey;
  readonly port?: number;
  readonly ports?: Partial<ProviderPorts>;
}

const providerAt = (server: Bind, told: Told = {}): Provider => {
  const key = told.key ?? server.key;
  return rfc2136Provider(
    {
      zone: told.zone ?? zone,
      owner: OWNER,
      endpoint: `${server.host}:${told.port ?? server.port}`,
      settings: { tsig_key_name: key.name, tsig_algorithm: key.algorithm },
      credentials: { tsig_secret: key.secret },
    },
    { ...ports, ...told.ports },
  );
};

const run = promisify(execFile);

/** Past the provider, as an operator does it. */
async function nsupdate(server: Bind, lines: readonly string[]): Promise<void> {
  const { name, algorithm, secret } = server.key;
  const running = run(needPrograms().nsupdate, ["-y", `${algorithm}:${name}:${secret}`]);
  running.child.stdin?.end(
    [`server ${server.host} ${server.port}`, `zone ${zone}`, ...lines, "send", ""].join("\n"),
  );
  await running;
}

const add = ({ name, type, ttl, values }: RecordSet) =>
  values.map(
    (value) => `update add ${name}. ${ttl} ${type} ${type === "TXT" ? quotedTxt(value) : value}`,
  );

/** The server gets the request and its answer never comes. */
const answerLost: DialPort = async (target, signal) => {
  const connection = await dialPort(target, signal);
  const { readable, ...rest } = connection;
  const reader = readable.getReader();
  return {
    ...rest,
    readable: new ReadableStream<Uint8Array>({
      async pull(controller) {
        await reader.read();
        controller.error(new Error("connection reset"));
      },
    }),
  };
};

describe.skipIf(serversMissing)(needingServers("rfc2136 with BIND"), () => {
  providerContract("rfc2136", async () => {
    const server = await startBind({ zones: [zone] });
    // A name server in the zone itself has an address there, and the contract begins with an empty zone.
    await nsupdate(server, [
      `update add ${zone}. 60 NS ns1.example.net.`,
      `update delete ${zone}. NS ns1.${zone}.`,
      `update delete ns1.${zone}. A`,
    ]);
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
