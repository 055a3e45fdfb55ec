/**
 * A port that takes no connection and refuses none: a process that listens and never accepts, its queue full. As a host
 * whose packets are dropped, for whoever cannot stop the process that listened there before.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeSync } from "node:fs";
import { createServer } from "node:net";
import { fillBacklog } from "./backlog.ts";

const HOST = "127.0.0.1";
/** Whoever forgot it is rid of it then. */
const FORGOTTEN_MS = 600_000;

const open = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of open) child.kill("SIGKILL");
});

/** The port must be free. Resolves when nothing more gets in; the answer opens it again. */
export async function openBlackHole(port: number): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [import.meta.filename, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  open.add(child);
  const exited = once(child, "exit").then(() => open.delete(child));
  const listens = await Promise.race([
    once(child.stdout, "data").then(() => true),
    exited.then(() => false),
  ]);
  if (!listens) throw new Error(`Port ${port} cannot be made a black hole: it did not listen`);
  const letGo = await fillBacklog(port, HOST);
  return async () => {
    letGo();
    child.kill("SIGKILL");
    await exited;
  };
}

if (import.meta.main) {
  createServer().listen({ port: Number(process.argv[2]), host: HOST, backlog: 1 }, () => {
    writeSync(1, "listening\n");
    // From here on this process does nothing any more, and so accepts nothing.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FORGOTTEN_MS);
    process.exit(1);
  });
}
