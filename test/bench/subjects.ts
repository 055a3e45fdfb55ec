import { Miniflare, type MiniflareOptions } from "miniflare";
import { bundle } from "../../local/build.ts";
import { childrenNamed, cpuMsOf } from "./cpu.ts";

export interface Subject {
  readonly name: string;
  readonly port: number;
  /** Processor time of its process since it began; `null` where nobody tells. */
  cpuMs(): number | null;
  stop(): Promise<void>;
}

type WorkerOptions = MiniflareOptions["workers"][number];
type Config = Extract<WorkerOptions["config"], { env?: unknown }>;
type Exports = NonNullable<Config["exports"]>;
type Bindings = NonNullable<Extract<WorkerOptions["config"], { env?: unknown }>["env"]>;

/** As in the wrangler.toml of the edge. */
const COMPATIBILITY = {
  compatibilityDate: "2026-11-01",
  compatibilityFlags: ["enable_request_signal"],
};

export const HOST = "www.example";

/** A workerd of its own for one subject, on a direct socket: nothing else runs in it. */
export async function runAlone(
  name: string,
  source: string,
  env: Bindings,
  others: WorkerOptions[] = [],
): Promise<Subject> {
  const before = new Set(childrenNamed("workerd"));
  const runtime = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    workers: [{ ...worker(name, source, env), dev: direct }, ...others],
  });
  await runtime.ready;
  const url = await runtime.unsafeGetDirectURL(name);
  const own = childrenNamed("workerd").find((id) => !before.has(id));
  return {
    name,
    port: Number(url.port),
    cpuMs: () => (own === undefined ? null : cpuMsOf(own)),
    stop: () => runtime.dispose(),
  };
}

const direct = { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };

export const worker = (
  name: string,
  source: string,
  env: Bindings,
  exports: Exports = {},
): WorkerOptions => ({
  config: {
    name,
    ...COMPATIBILITY,
    manifest: {
      mainModule: "main.js",
      modules: { "main.js": { type: "esm", contents: source } },
    },
    env,
    exports,
  },
});

export async function reference(originUrl: string): Promise<Subject> {
  const source = await bundle("test/bench/reference-worker.ts");
  const site = JSON.stringify({ host: HOST, endpoints: [originUrl, originUrl, originUrl] });
  return runAlone("reference", source, { SITE: { type: "text", value: site } });
}

export async function passThrough(originUrl: string): Promise<Subject> {
  const source = await bundle("test/bench/pass-through-worker.ts");
  return runAlone("pass-through", source, { ENDPOINT: { type: "text", value: originUrl } });
}
