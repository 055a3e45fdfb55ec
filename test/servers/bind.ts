/** BIND 9 on loopback: primary zones that take updates (RFC 2136) and give transfers (RFC 5936) signed with TSIG only. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ask } from "./dig.ts";
import { HOST, startServer, until } from "./process.ts";
import { needPrograms } from "./programs.ts";

/** RFC 8945: the secret in base64, and names without the last dot. */
export interface TsigKey {
  readonly name: string;
  readonly algorithm: "hmac-sha256" | "hmac-sha512";
  readonly secret: string;
}

export interface Bind {
  readonly host: string;
  /** Of UDP and TCP both. */
  readonly port: number;
  /** Both keys may update and transfer every zone. */
  readonly key: TsigKey;
  readonly key512: TsigKey;
  /** A primary zone that holds its SOA and NS only. */
  createZone(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** RFC 8945, section 5.2.2.1 wants a secret as long as the digest. */
export const makeTsigKey = (name: string, algorithm: TsigKey["algorithm"]): TsigKey => ({
  name,
  algorithm,
  secret: randomBytes(algorithm === "hmac-sha256" ? 32 : 64).toString("base64"),
});

/** `key` for a test that must know it before the server is there. Names with or without the last dot. */
export async function startBind(options: {
  readonly zones: readonly [string, ...string[]];
  readonly key?: TsigKey;
}): Promise<Bind> {
  const key = options.key ?? makeTsigKey("tradewind-256", "hmac-sha256");
  const key512 = makeTsigKey("tradewind-512", "hmac-sha512");
  const zones = options.zones.map(bare);
  const write = async (folder: string, port: number) =>
    await writeFile(
      join(folder, "named.conf"),
      settings({ folder, port, keys: [key, key512], zones }),
    );
  const isServed = async (port: number, zone: string) =>
    (await ask({ port, name: zone, type: "SOA" })).answers.length === 1;
  const server = await startServer({
    name: "bind",
    portCount: 1,
    async prepare(folder, [port = 0]) {
      for (const zone of zones) await writeFile(join(folder, `${zone}.zone`), emptyZone(zone));
      await write(folder, port);
      // One thread: what runs beside it needs the machine.
      return {
        program: needPrograms("named").named,
        flags: ["-g", "-n", "1", "-c", `${folder}/named.conf`],
      };
    },
    answers: ([port = 0]) => isServed(port, bare(options.zones[0])),
  });
  const [port = 0] = server.ports;
  return {
    host: HOST,
    port,
    key,
    key512,
    async createZone(name) {
      const zone = bare(name);
      zones.push(zone);
      await writeFile(join(server.folder, `${zone}.zone`), emptyZone(zone));
      await write(server.folder, port);
      // named reads its file again.
      process.kill(server.id, "SIGHUP");
      await until(`BIND serves ${zone}`, () => isServed(port, zone));
    },
    stop: () => server.stop(),
  };
}

const bare = (name: string) => name.replace(/\.$/, "");

/** A TTL of negative answers of 1 s: nothing here caches, but a copy of this zone may. */
const emptyZone = (zone: string) =>
  [
    "$TTL 60",
    `@ IN SOA ns1.${zone}. hostmaster.${zone}. 1 3600 600 86400 1`,
    `@ IN NS ns1.${zone}.`,
    `ns1 IN A ${HOST}`,
    "",
  ].join("\n");

/** https://bind9.readthedocs.io/en/v9.18/reference.html */
function settings(of: {
  folder: string;
  port: number;
  keys: readonly TsigKey[];
  zones: readonly string[];
}): string {
  const who = of.keys.map((key) => `key "${key.name}";`).join(" ");
  return [
    "options {",
    `  directory "${of.folder}";`,
    `  listen-on port ${of.port} { ${HOST}; };`,
    "  listen-on-v6 { none; };",
    "  pid-file none;",
    "  session-keyfile none;",
    "  recursion no;",
    "  dnssec-validation no;",
    "  notify no;",
    "};",
    // No remote control: its port is the same for every named of a machine.
    "controls { };",
    ...of.keys.map(
      ({ name, algorithm, secret }) =>
        `key "${name}" { algorithm ${algorithm}; secret "${secret}"; };`,
    ),
    ...of.zones.map(
      (zone) =>
        `zone "${zone}" { type primary; file "${zone}.zone"; allow-update { ${who} }; allow-transfer { ${who} }; };`,
    ),
    "",
  ].join("\n");
}
