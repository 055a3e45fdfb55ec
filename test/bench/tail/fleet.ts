import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Behaviour } from "./behaviour.ts";
import type { FleetAnswer, FleetCommand } from "./messages.ts";
import { WORKERS } from "./servers.ts";

export interface FleetCounts {
  /** Requests that reached a server's data path; each try of a request is one. */
  readonly attempts: number;
  readonly attemptsByServer: readonly number[];
  /** Executions of a POST beyond its first. */
  readonly postsTwice: number;
}

/** The servers of the bench, in a process of their own, and the channel that changes them. */
export class Fleet {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, (answer: FleetAnswer) => void>();
  #next = 0;
  #ports: readonly number[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (answer: FleetAnswer) => {
      this.#open.get(answer.id)?.(answer);
      this.#open.delete(answer.id);
    });
  }

  /** Resolves when all servers listen. */
  static async start(): Promise<Fleet> {
    const fleet = new Fleet(fork(join(import.meta.dirname, "fleet-process.ts")));
    await fleet.reset(0, WORKERS);
    return fleet;
  }

  get ports(): readonly number[] {
    return this.#ports;
  }

  /** Every server serves, forgets what waits there, has so many workers, and draws its service times from this seed. */
  async reset(seed: number, workers: number): Promise<void> {
    this.#ports = (await this.#ask({ do: "reset", seed, workers })).ports;
  }

  async behave(server: number, behaviour: Behaviour): Promise<void> {
    await this.#ask({ do: "behave", server, behaviour });
  }

  async recount(): Promise<void> {
    await this.#ask({ do: "recount" });
  }

  /** Since the last reset or recount. */
  async counts(): Promise<FleetCounts> {
    const { counts } = await this.#ask({ do: "counts" });
    const attemptsByServer = counts.map(({ attempts }) => attempts);
    const posts = counts.flatMap((server) => server.posts);
    return {
      attempts: attemptsByServer.reduce((sum, attempts) => sum + attempts, 0),
      attemptsByServer,
      postsTwice: posts.length - new Set(posts).size,
    };
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    await gone;
  }

  #ask(command: FleetCommand): Promise<FleetAnswer> {
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#open.set(id, resolve);
      this.#child.send({ id, ...command });
    });
  }
}
