import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Request, Response } from "miniflare";
import type { ConfigDocument } from "../document.ts";

interface Running {
  readonly address: string;
  readonly port: number;
  readonly process: ChildProcess;
}

/** The demo's server processes, by name. A stopped one was killed as a power cut would; it starts again on its port. */
export class DemoOrigins {
  readonly #running = new Map<string, Running>();

  /** Starts a server per origin of the document and returns the document with their ports in it. */
  async startAll(document: ConfigDocument): Promise<ConfigDocument> {
    const pools = document["pools"] as Record<
      string,
      { origins: { name: string; address: string }[] }
    >;
    await Promise.all(
      Object.values(pools).flatMap(({ origins }) =>
        origins.map(({ name, address }) => this.start(name, address.replace("http://", ""))),
      ),
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

  /** One that was started before starts where it was. */
  async start(name: string, wanted = "127.0.0.1"): Promise<void> {
    const before = this.#running.get(name);
    if (before !== undefined && isAlive(before.process)) return;
    const script = join(import.meta.dirname, "origin.ts");
    const { address, port } = before ?? { address: wanted, port: 0 };
    const child = spawn(process.execPath, [script, name, String(port), address], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [line] = (await Promise.race([once(child.stdout, "data"), endedEarly(child, name)])) as [
      Buffer,
    ];
    this.#running.set(name, { address, port: Number(line.toString()), process: child });
  }

  async stop(name: string): Promise<void> {
    const child = this.#running.get(name)?.process;
    if (child === undefined || !isAlive(child)) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  /** The planet's fault API: `/NAME/stop`, `/NAME/heal`, `//heal` for all. */
  readonly handle = async (request: Request): Promise<Response> => {
    const [, name = "", action] = new URL(request.url).pathname.split("/");
    if (name !== "" && !this.#running.has(name)) {
      const known = this.names().join(", ") || "none on this planet";
      return new Response(`Unknown origin "${name}"; there are ${known}.`, { status: 404 });
    }
    await (action === "stop" ? this.stop(name) : this.heal(name));
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

async function endedEarly(child: ChildProcess, name: string): Promise<never> {
  await once(child, "exit");
  throw new Error(`the demo origin ${name} could not start; its words are above`);
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;
