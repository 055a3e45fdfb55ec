import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENCE_MS, type RunningTarget, type StartOptions } from "./target.ts";
import { filled } from "./template.ts";

export interface PeerProgram {
  readonly name: string;
  readonly program: string;
  /** Its configuration's file name; the template is `peers/NAME.template`. */
  readonly template: string;
  arguments(file: string, folder: string): readonly string[];
}

const STOP_MS = 2_000;

/** A peer in the foreground with its filled template, in a folder of its own. */
export async function startPeer(
  peer: PeerProgram,
  { ports, tryTimeoutMs }: StartOptions,
): Promise<RunningTarget> {
  const folder = mkdtempSync(join(tmpdir(), `tradewind-bench-${peer.name}-`));
  const port = await freePort();
  const template = readFileSync(
    join(import.meta.dirname, "peers", `${peer.template}.template`),
    "utf8",
  );
  const values = {
    listen_port: port,
    try_timeout_ms: tryTimeoutMs,
    try_timeout_seconds: tryTimeoutMs / 1_000,
    patience_ms: PATIENCE_MS,
    patience_seconds: PATIENCE_MS / 1_000,
    folder,
  };
  const file = join(folder, peer.template);
  writeFileSync(file, filled(template, values, ports));
  // Its words are kept: a refused configuration must be told, and a chatty peer must not fill a pipe.
  const said: string[] = [];
  const child = spawn(peer.program, peer.arguments(file, folder), {
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      if (said.length < 20) said.push(String(chunk));
    });
  }
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const exited = once(child, "exit");
  exited.then(() => rmSync(folder, { recursive: true, force: true }));
  return {
    urls: [`http://127.0.0.1:${port}`],
    ended: () => (isRunning() ? null : said.join("").slice(0, 1_000)),
    stop: async () => {
      // What has processes of its own ends them only when it is asked; who does not listen is ended.
      const deaf = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      if (isRunning()) child.kill("SIGTERM");
      await exited;
      clearTimeout(deaf);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
