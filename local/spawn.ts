import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Answer, ask, type Question } from "./ask.ts";
import type { RunningPlanet } from "./planet-file.ts";

/** A planet in processes of its own, as `npm start` runs it. */
export interface SpawnedPlanet extends RunningPlanet {
  readonly process: ChildProcess;
  /** Everything it said on standard output so far. */
  output(): string;
  /** The same of standard error. */
  complaints(): string;
  /** A visitor's request: `host` is the load balancer's, `colo` where the visitor enters. */
  get(host: string, path: string, visit?: Visit): Promise<Answer>;
  /** An operator's request to central, with the token. */
  api(path: string, question?: Question): Promise<Answer>;
  /** As on the command line: `fault("region", "weur", "stop")`. Errors: rejects when it is refused. */
  fault(...words: string[]): Promise<void>;
  /** Ends it; resolves when its process is gone. */
  stop(): Promise<void>;
}

export interface Visit extends Question {
  readonly colo?: string;
}

/** Boot takes about 2 s on a free machine; a busy one may take much longer. */
const READY_MS = 60_000;

/** Errors: rejects with everything the planet said when it ends, or is not ready in time. */
export async function spawnPlanet(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<SpawnedPlanet> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "start.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let output = "";
  let complaints = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const planet = await new Promise<RunningPlanet>((resolve, reject) => {
    const said = () => `${output}${complaints}`.trim();
    const timer = setTimeout(() => {
      child.kill("SIGTERM");
      reject(new Error(`The planet is not ready after ${READY_MS / 1_000} s:\n${said()}`));
    }, READY_MS);
    child.stdout.on("data", () => {
      const ready = readyLine(output);
      if (ready === null) return;
      clearTimeout(timer);
      resolve(ready);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      reject(new Error(`The planet ended with code ${code}:\n${said()}`));
    });
  });
  return {
    ...planet,
    process: child,
    output: () => output,
    complaints: () => complaints,
    ...actions(planet, child),
  };
}

/** Reads the one line that `npm start` promises; `null` before it is there. */
export function readyLine(output: string): RunningPlanet | null {
  const found = /^Tradewind is ready +edge (\S+) +central (\S+) +token (\S+)/m.exec(output);
  if (found === null) return null;
  const [, edge = "", central = "", token = ""] = found;
  return { edge, central, token };
}

function actions({ edge, central, token }: RunningPlanet, child: ChildProcess) {
  const api = (path: string, question: Question = {}) => {
    const headers = { authorization: `Bearer ${token}`, ...question.headers };
    return ask(central + path, { ...question, headers });
  };
  return {
    api,
    get: (host: string, path: string, { colo, ...question }: Visit = {}) => {
      const where: Record<string, string> = colo === undefined ? {} : { "tw-colo": colo };
      return ask(edge + path, { ...question, headers: { host, ...where, ...question.headers } });
    },
    fault: async (...words: string[]) => {
      const answer = await api("/v1/faults", { method: "POST", body: JSON.stringify({ words }) });
      if (answer.status !== 200) throw new Error(`fault ${words.join(" ")}: ${answer.text}`);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
