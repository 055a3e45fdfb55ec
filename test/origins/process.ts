import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

/** Whoever is interrupted leaves none behind: one that is stopped hears no other signal. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export interface OriginOptions {
  readonly name: string;
  readonly pool: string;
  /** On which address of this machine it listens; `127.0.0.1` when absent. */
  readonly address?: string;
  /** A file that gets one line per executed POST; it outlives the process. */
  readonly log?: string;
  /** Connections that may wait until the process takes them. */
  readonly backlog?: number;
  /** `server.ts` when absent. */
  readonly script?: "server.ts" | "echo.ts";
}

/** A real origin server process that can be killed and brought back on the same port. */
export class OriginProcess {
  readonly options: OriginOptions;
  #child: ChildProcess | null = null;
  #port = 0;

  constructor(options: OriginOptions) {
    this.options = options;
  }

  /** Known after the first start, then fixed. */
  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://${this.options.address ?? "127.0.0.1"}:${this.#port}`;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** Resolves when the port listens. Errors: rejects when the process ends first. */
  async start(): Promise<this> {
    const { name, pool, address, log, backlog, script = "server.ts" } = this.options;
    const flags = ["--name", name, "--pool", pool, "--port", String(this.#port)];
    const where = address === undefined ? [] : ["--address", address];
    const queue = backlog === undefined ? [] : ["--backlog", String(backlog)];
    const all = [
      ...[resolve(HERE, script), ...flags, ...where, ...queue],
      ...(log ? ["--log", log] : []),
    ];
    const child = spawn(process.execPath, all, { stdio: ["ignore", "pipe", "inherit"] });
    this.#child = child;
    running.add(child);
    child.once("exit", () => running.delete(child));
    const [line] = await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(([code]) => {
        throw new Error(`Origin ${name} ended with ${code} before it listened`);
      }),
    ]);
    this.#port = Number(/listening (\d+)/.exec(String(line))?.[1]);
    return this;
  }

  /** SIGKILL: no farewell to anybody. Resolves when the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  /** SIGSTOP: its port goes on accepting, and nobody answers. A kill ends it all the same. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child?.kill("SIGCONT");
  }
}
