/**
 * A workerd of its own for a bench: the workers that are named, the runtime's own network, and nothing of miniflare's,
 * whose outbound worker would be one more isolate in the way of every try.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { bundle } from "../../local/build.ts";

/** A value of a worker's `env`: a text, a class of objects in another worker, or the one KV. */
export type Binding =
  | { readonly text: string }
  | { readonly objects: string; readonly worker: string }
  | "kv";

export interface BenchWorker {
  readonly name: string;
  /** One ES module. */
  readonly source: string;
  readonly env: Readonly<Record<string, Binding>>;
  /** Its classes of Durable Objects. */
  readonly classes?: readonly string[];
  /** It has a port of its own. */
  readonly listens: boolean;
}

export interface RunningWorkerd {
  readonly pid: number;
  /** By the name of the worker. */
  readonly ports: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** The package has no types; its default export is where the program is. */
const { default: program } = createRequire(import.meta.url)("workerd") as { default: string };

/** Where workerd tells its ports. */
const CONTROL_FD = 3;

/** Resolves once every port is open. Errors: rejects with workerd's own words when it ends before. */
export async function startWorkerd(workers: readonly BenchWorker[]): Promise<RunningWorkerd> {
  const folder = mkdtempSync(join(tmpdir(), "tradewind-workerd-"));
  const kv = await bundle("test/bench/kv-worker.ts");
  const all = [...workers, { name: "kv", source: kv, env: {}, listens: false }];
  for (const { name, source } of all) writeFileSync(join(folder, `${name}.js`), source);
  const objects = join(folder, "objects");
  mkdirSync(objects);
  writeFileSync(join(folder, "config.capnp"), configOf(all, objects));
  const child = spawn(
    program,
    ["serve", "--experimental", `--control-fd=${CONTROL_FD}`, join(folder, "config.capnp")],
    { stdio: ["ignore", "ignore", "pipe", "pipe"] },
  );
  let words = "";
  child.stderr?.on("data", (chunk) => {
    words += chunk;
  });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true });
  };
  const wanted = workers.filter(({ listens }) => listens).length;
  const ports = await Promise.race([
    portsFrom(child.stdio[CONTROL_FD] as Readable, wanted),
    ended.then(() => null),
  ]);
  if (ports === null || child.pid === undefined) {
    rmSync(folder, { recursive: true });
    throw new Error(`workerd ended before it listened: ${words}`);
  }
  return { pid: child.pid, ports, stop };
}

async function portsFrom(control: Readable, wanted: number): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  for await (const line of createInterface(control)) {
    const said = JSON.parse(line) as { event: string; socket: string; port: number };
    if (said.event === "listen") ports.set(said.socket, said.port);
    if (ports.size === wanted) break;
  }
  return ports;
}

/** `objects`: the folder where Durable Objects are kept. */
const configOf = (workers: readonly BenchWorker[], objects: string): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "objects", disk = (path = ${JSON.stringify(objects)}, writable = true)),
    ${workers.map(serviceOf).join(",\n    ")}
  ],
  sockets = [
    ${workers
      .filter(({ listens }) => listens)
      .map(
        ({ name }) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`,
      )
      .join(",\n    ")}
  ]
);
`;

/** Compatibility as in the wrangler.toml of the edge. A string of JSON is one of Cap'n Proto. */
const serviceOf = ({
  name,
  env,
  classes = [],
}: BenchWorker): string => `(name = "${name}", worker = (
      modules = [(name = "${name}.js", esModule = embed "${name}.js")],
      compatibilityDate = "2026-11-01",
      compatibilityFlags = ["enable_request_signal"],
      globalOutbound = "internet",
      bindings = [${Object.entries(env)
        .map(([key, value]) => `(name = "${key}", ${bindingOf(value)})`)
        .join(", ")}],
      durableObjectNamespaces = [${classes
        .map((it) => `(className = "${it}", uniqueKey = "${it}", enableSql = true)`)
        .join(", ")}],
      ${classes.length > 0 ? 'durableObjectStorage = (localDisk = "objects"),' : ""}
    ))`;

function bindingOf(value: Binding): string {
  if (value === "kv") return 'kvNamespace = "kv"';
  if ("text" in value) return `text = ${JSON.stringify(value.text)}`;
  return `durableObjectNamespace = (className = "${value.objects}", serviceName = "${value.worker}")`;
}
