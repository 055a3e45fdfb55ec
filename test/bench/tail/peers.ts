/** The stock proxies that Tradewind is compared with, each in the best configuration that its vendor's reference allows. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { startPeer } from "./peer-process.ts";
import type { Target } from "./target.ts";

interface Peer {
  readonly name: string;
  /** Found in PATH under its name, or where this variable says. */
  readonly variable: string;
  readonly template: string;
  readonly versionFlag: string;
  /** Arguments that make it run in the foreground with this file. */
  arguments(file: string, folder: string): readonly string[];
}

const PEERS: readonly Peer[] = [
  {
    name: "envoy",
    variable: "TRADEWIND_BENCH_ENVOY",
    template: "envoy.yaml",
    versionFlag: "--version",
    // One worker has the whole truth about requests under way; the load needs no second one.
    arguments: (file) => [
      "-c",
      file,
      "--concurrency",
      "1",
      "--log-level",
      "off",
      "--disable-hot-restart",
    ],
  },
  {
    name: "haproxy",
    variable: "TRADEWIND_BENCH_HAPROXY",
    template: "haproxy.cfg",
    versionFlag: "-v",
    arguments: (file) => ["-f", file, "-db"],
  },
  {
    name: "nginx",
    variable: "TRADEWIND_BENCH_NGINX",
    template: "nginx.conf",
    versionFlag: "-v",
    arguments: (file, folder) => ["-p", folder, "-c", file],
  },
  {
    name: "caddy",
    variable: "TRADEWIND_BENCH_CADDY",
    template: "Caddyfile",
    versionFlag: "version",
    arguments: (file) => ["run", "--adapter", "caddyfile", "--config", file],
  },
];

export const peers: readonly Target[] = PEERS.map((peer) => ({
  name: peer.name,
  isPeer: true,
  version: () => versionOf(peer),
  start: (options) => startPeer({ ...peer, program: programOf(peer) }, options),
}));

const programOf = ({ name, variable }: Peer): string => process.env[variable] ?? name;

const run = promisify(execFile);

async function versionOf(peer: Peer): Promise<string | null> {
  try {
    const { stdout, stderr } = await run(programOf(peer), [peer.versionFlag]);
    const number = /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0];
    return `${peer.name} ${number ?? "of unknown version"}`;
  } catch {
    return null;
  }
}
