import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Request, Response } from "miniflare";
import type { ConfigDocument } from "../document.ts";

interface Running {
  readonly port: number;
  readonly process: ChildProcess;
}

/** The demo's server processes, by name. A stopped one was killed as a power cut would; it starts again on its port. */
export class DemoOrigins {
  readonly #running = new Map<string, Running>();

  /** Starts a server per origin of the document and returns the document with their ports in it. */
  async startAll(document: ConfigDocument): Promise<ConfigDocument> {
    const pools = document["pools"] as Record<string, { origins: { name: string }[] }>;
    await Promise.all(
      Object.values(pools).flatMap(({ origins }) => origins.map(({ name }) => this.start(name))),
    );
    const placed = Object.entries(pools).map(([poolName, pool]) => [
      poolName,
      {
        ...pool,
        origins: pool.origins.map((o) => ({ ...o, port: this.#running.get(o.name)?.port })),
      },
    ]);
    return { ...document, pools: Object.fromEntries(placed) };
  }

  async start(name: string): Promise<void> {
    const before = this.#running.get(name);
    if (before !== undefined && isAlive(before.process)) return;
    const script = join(import.meta.dirname, "origin.ts");
    const child = spawn(process.execPath, [script, name, String(before?.port ?? 0)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    this.#running.set(name, { port: Number(line.toString()), process: child });
  }

  /** False when there is no origin of this name. */
  async stop(name: string): Promise<boolean> {
    const running = this.#running.get(name);
    if (running === undefined) return false;
    if (isAlive(running.process)) {
      const gone = once(running.process, "exit");
      running.process.kill("SIGKILL");
      await gone;
    }
    return true;
  }

  /** `/NAME/stop`, `/NAME/heal` and `/` to heal all, for the planet's fault API. */
  readonly handle = async (request: Request): Promise<Response> => {
    const [, name = "", action] = new URL(request.url).pathname.split("/");
    if (action !== "stop") await this.heal(name);
    else if (!(await this.stop(name)))
      return new Response(this.names().join(", "), { status: 404 });
    return new Response(null, { status: 204 });
  };

  names(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** Brings back whatever was stopped, or the one of this name. */
  async heal(name: string): Promise<void> {
    const names = this.names().filter((known) => name === "" || known === name);
    await Promise.all(names.map((known) => this.start(known)));
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.names().map((name) => this.stop(name)));
  }
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;
