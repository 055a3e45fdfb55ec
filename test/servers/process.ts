/** A real server as a child process on loopback, that is ready when it answers and never outlives the test run. */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { accessSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export const HOST = "127.0.0.1";

/** Far past the slowest start seen (moto's, 2 s of CPU), because another program may have the machine. */
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;
/** A port found free may be taken before the server binds it: then it ends, and another port is tried. */
const PORT_TRIES = 3;
/** What is kept of a server's own words, to tell why it did not start. */
const WORDS_KEPT = 4_000;

export interface Launch {
  readonly program: string;
  readonly flags: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface ServerProcess {
  readonly folder: string;
  readonly ports: readonly number[];
  /** The process itself, for what only a signal can ask. */
  readonly id: number;
  /** Ends the process and its children, waits until they are gone, and removes the folder. Twice is once. */
  stop(): Promise<void>;
}

/**
 * Starts a server on free loopback ports with a temporary folder of its own.
 *
 * `prepare` writes its files and says what to run; `answers` is asked until it is true. Ports are free for UDP and TCP.
 * Errors: rejects with the server's last words when it ends before it answers, or does not answer within a minute.
 */
export async function startServer(options: {
  readonly name: string;
  readonly portCount: number;
  prepare(folder: string, ports: readonly number[]): Promise<Launch> | Launch;
  answers(ports: readonly number[]): Promise<boolean>;
}): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), `tradewind-${options.name}-`));
    const ports = await freePorts(options.portCount);
    const child = launch(await options.prepare(folder, ports), folder);
    const stop = async () => {
      await end(child.process);
      await rm(folder, { recursive: true, force: true });
    };
    const alive = () => isAlive(child.process);
    try {
      await until(
        `${options.name} answers`,
        async () => !alive() || (await options.answers(ports)),
      );
      if (alive()) return { folder, ports, id: child.process.pid ?? 0, stop };
      if (attempt >= PORT_TRIES) throw new Error(`${options.name} ends before it answers`);
    } catch (error) {
      await stop();
      throw new Error(`${String(error)}. Its last words:\n${child.said()}`);
    }
    await stop();
  }
}

/** Polls until `condition` is true; one that rejects is not true yet. Errors: rejects after a minute, naming what was waited for. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`Waited a minute for this: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

/** Whether nobody has this port, of TCP and UDP. */
export async function isFree(port: number): Promise<boolean> {
  const held = await hold(port);
  await held?.free();
  return held !== null;
}

function launch({ program, flags, env }: Launch, folder: string) {
  const [command = program, ...first] = [...dieWithParent(), program];
  // A group of its own, so that children end with it.
  const child = spawn(command, [...first, ...flags], {
    cwd: folder,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  const hear = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-WORDS_KEPT);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  // Without a listener a program that cannot be started throws in the middle of a test.
  child.on("error", (error) => hear(Buffer.from(error.message)));
  const leaveNothing = () => {
    killGroup(child);
    rmSync(folder, { recursive: true, force: true });
  };
  process.on("exit", leaveNothing);
  child.on("exit", () => process.off("exit", leaveNothing));
  return { process: child, said: () => words };
}

/** Linux ends a server with its parent even when that is killed; `setpriv` of util-linux asks for it. */
function dieWithParent(): string[] {
  const setpriv = "/usr/bin/setpriv";
  try {
    accessSync(setpriv);
    return [setpriv, "--pdeathsig", "KILL", "--"];
  } catch {
    return [];
  }
}

const isAlive = (child: ChildProcess) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

async function end(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return;
  const gone = once(child, "exit");
  killGroup(child);
  await gone;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The whole group is gone already.
  }
}

/** Free for TCP and UDP both, and different from each other: all are held until all are found. */
async function freePorts(count: number): Promise<number[]> {
  const held: Held[] = [];
  while (held.length < count) {
    const one = await hold(0);
    if (one !== null) held.push(one);
  }
  await Promise.all(held.map(({ free }) => free()));
  return held.map(({ port }) => port);
}

interface Held {
  readonly port: number;
  free(): Promise<void>;
}

/** Binds a port for TCP and UDP, any one when 0; null when somebody has it. */
async function hold(wanted: number): Promise<Held | null> {
  const tcp = createServer();
  const udp = createSocket("udp4");
  const free = async () => {
    await new Promise<void>((resolve) => tcp.close(() => resolve()));
    await new Promise<void>((resolve) => udp.close(resolve));
  };
  try {
    tcp.listen(wanted, HOST);
    await once(tcp, "listening");
    const { port } = tcp.address() as AddressInfo;
    udp.bind(port, HOST);
    await once(udp, "listening");
    return { port, free };
  } catch {
    await free();
    return null;
  }
}
