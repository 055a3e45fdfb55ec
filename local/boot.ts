import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { ok, type Result, refuse } from "../routing/result.ts";
import { applyConfig, documentToApply, waitForColos } from "./apply.ts";
import { bundleAll } from "./build.ts";
import { DemoOrigins } from "./demo/origins.ts";
import { type ConfigDocument, readConfigFile } from "./document.ts";
import type { StartFlags } from "./flags.ts";
import { type RunningPlanet, removePlanetFile, writePlanetFile } from "./planet-file.ts";
import { readRttData } from "./rtt/data.ts";
import { planetWorkers } from "./topology.ts";
import { centralVariables } from "./variables.ts";

export interface BootedPlanet {
  readonly at: RunningPlanet;
  stop(): Promise<void>;
}

/**
 * Starts everything, applies the configuration and waits until every colo answers.
 *
 * Refusal: what a person can mend, as text that names it. Whatever was started has been stopped then.
 */
export async function boot(
  flags: StartFlags,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Result<BootedPlanet, string>> {
  const givenToken = environment["TRADEWIND_API_TOKEN"];
  const own = flags.config === null ? ok(null) : readConfigFile(flags.config);
  if (!own.ok) return own;
  const ports = await portsFree(flags);
  if (!ports.ok) return ports;
  if (givenToken && !/^[\x21-\x7e]{1,512}$/.test(givenToken)) {
    return refuse("TRADEWIND_API_TOKEN is up to 512 visible ASCII characters without a space");
  }
  const origins = new DemoOrigins();
  const running = new Running(origins);
  try {
    const at = await running.start(
      flags,
      givenToken || drawnToken(),
      centralVariables(environment),
    );
    const demo = flags.demo ? await demoDocument(origins) : ok(null);
    if (!demo.ok) return await running.failed(demo.error);
    const applied = await applyConfig(at, await documentToApply(at, own.value, demo.value));
    if (!applied.ok) return await running.failed(applied.error);
    const ready = await waitForColos(at, applied.value);
    if (!ready.ok) return await running.failed(ready.error);
    writePlanetFile(at);
    return ok({
      at,
      stop: async () => {
        removePlanetFile(at);
        await running.stop();
      },
    });
  } catch (error) {
    return await running.failed(error instanceof Error ? error.message : String(error));
  }
}

/** What has been started and must be stopped. */
class Running {
  readonly #origins: DemoOrigins;
  #runtime: Miniflare | null = null;

  constructor(origins: DemoOrigins) {
    this.#origins = origins;
  }

  async start(
    flags: StartFlags,
    token: string,
    variables: Readonly<Record<string, string>>,
  ): Promise<RunningPlanet> {
    console.log("Building the workers …");
    const bundles = await bundleAll();
    console.log("Starting the planet …");
    const workers = planetWorkers({
      bundles,
      token,
      variables,
      rtt: { data: readRttData(), on: flags.rtt },
      edgePort: flags.edgePort,
      centralPort: flags.centralPort,
      origins: this.#origins.handle,
    });
    const runtime = new Miniflare({
      workers,
      cf: false,
      log: new Log(LogLevel.ERROR),
      telemetry: { enabled: false },
      enableDevRegistry: false,
      ...(flags.state === null ? {} : { resourcePersistencePath: resolve(flags.state) }),
    });
    this.#runtime = runtime;
    await runtime.ready;
    const [edge, central] = await Promise.all([
      runtime.unsafeGetDirectURL("host"),
      runtime.unsafeGetDirectURL("central"),
    ]);
    return { edge: edge.origin, central: central.origin, token };
  }

  async failed(reason: string): Promise<Result<never, string>> {
    await this.stop();
    return refuse(reason);
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.#runtime?.dispose(), this.#origins.stopAll()]);
  }
}

const drawnToken = () => `tw_local_${randomBytes(16).toString("hex")}`;

async function demoDocument(origins: DemoOrigins): Promise<Result<ConfigDocument, string>> {
  console.log("Starting the demo's origin servers …");
  const demo = readConfigFile(join(import.meta.dirname, "demo/demo.yaml"));
  return demo.ok ? ok(await origins.startAll(demo.value)) : demo;
}

/** Asked before anything starts: the runtime's own complaint would come late and name no flag. */
async function portsFree(flags: StartFlags): Promise<Result<null, string>> {
  const wanted = [
    ["--edge-port", flags.edgePort],
    ["--central-port", flags.centralPort],
  ] as const;
  for (const [flag, port] of wanted) {
    const code = await listenOnce(port);
    if (code === "EADDRINUSE") {
      return refuse(`port ${port} is in use; end what holds it or choose another with ${flag} N`);
    }
    if (code !== null)
      return refuse(`port ${port} cannot be opened (${code}); choose another with ${flag} N`);
  }
  return ok(null);
}

/** The code of the error that listening gave, `null` when it went well. */
const listenOnce = (port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(null)));
  });
