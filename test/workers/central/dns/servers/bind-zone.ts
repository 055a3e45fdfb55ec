/** A zone on a real BIND, seen through the provider and past it. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { quotedTxt } from "../../../../../routing/dns/txt.ts";
import type { Provider, ProviderPorts } from "../../../../../workers/central/dns/provider.ts";
import { rfc2136Provider } from "../../../../../workers/central/dns/rfc2136.ts";
import type { DialPort } from "../../../../../workers/ports.ts";
import { dialPort } from "../../../../helpers/dial.ts";
import { type Bind, startBind, type TsigKey } from "../../../../servers/bind.ts";
import { needPrograms } from "../../../../servers/programs.ts";
import { OWNER } from "../contract.ts";
import { ports } from "./ports.ts";

export const zone = "shop.test";

interface Told {
  readonly zone?: string;
  readonly key?: TsigKey;
  readonly port?: number;
  readonly ports?: Partial<ProviderPorts>;
}

export const providerAt = (server: Bind, told: Told = {}): Provider => {
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
export async function nsupdate(server: Bind, lines: readonly string[]): Promise<void> {
  const { name, algorithm, secret } = server.key;
  const running = run(needPrograms("nsupdate").nsupdate, ["-y", `${algorithm}:${name}:${secret}`]);
  running.child.stdin?.end(
    [`server ${server.host} ${server.port}`, `zone ${zone}`, ...lines, "send", ""].join("\n"),
  );
  await running;
}

export const add = ({ name, type, ttl, values }: RecordSet) =>
  values.map(
    (value) => `update add ${name}. ${ttl} ${type} ${type === "TXT" ? quotedTxt(value) : value}`,
  );

/** The server gets the request and its answer never comes. */
export const answerLost: DialPort = async (target, signal) => {
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

/** Without the address of a name server, which a zone with its own has: the contract begins with an empty one. */
export async function startEmptyBind(): Promise<Bind> {
  const server = await startBind({ zones: [zone] });
  await nsupdate(server, [
    `update add ${zone}. 60 NS ns1.example.net.`,
    `update delete ${zone}. NS ns1.${zone}.`,
    `update delete ns1.${zone}. A`,
  ]);
  return server;
}
