import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { COLO_NAMES } from "../../local/colos.ts";
import { readyLine } from "../../local/spawn.ts";
import { startPlanet } from "./planet.ts";
import { MARK, processesMarked } from "./processes.ts";

/** The promise of the README. */
const END_MS = 3_000;
const mark = `start-${process.pid}`;
const marked = { [MARK]: mark };
const folder = mkdtempSync(join(tmpdir(), "tradewind-start-"));
const start = join(import.meta.dirname, "../../local/start.ts");

const origin = createServer((_request, response) => response.end("served"));
let config: unknown;

beforeAll(async () => {
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  const { port } = origin.address() as AddressInfo;
  config = {
    pools: { only: { origins: [{ name: "a", address: "http://127.0.0.1", port }] } },
    load_balancers: { "shop.test": { default_pools: ["only"], fallback_pool: "only" } },
  };
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  origin.closeAllConnections();
  origin.close();
});
afterEach(async () => {
  await expect.poll(() => processesMarked(mark), { timeout: END_MS }).toEqual([]);
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm start`'s command until it ends by itself. */
const runToEnd = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [start, ...args], { env: { ...process.env, ...marked } });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("close", (code) => resolve({ code, stdout, stderr: stderr.trim() }));
  });

const isOpen = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** Resolves when every port is closed and every process gone; fails after the promised time. */
async function expectGone(urls: readonly string[], withinMs: number): Promise<void> {
  const open = async () => (await Promise.all(urls.map(isOpen))).filter(Boolean).length;
  await expect.poll(open, { timeout: withinMs, interval: 50 }).toBe(0);
  await expect.poll(() => processesMarked(mark), { timeout: withinMs }).toEqual([]);
}

const free = ["--no-demo", "--edge-port", "0", "--central-port", "0"];
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe("what a person got wrong is told in one clear line, and nothing is left running", () => {
  test("an unknown flag", async () => {
    const { code, stderr } = await runToEnd("--colour");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Tradewind: .*--colour.*--help$/);
  });

  test("a file that is missing", async () => {
    const { code, stderr } = await runToEnd(...free, "--config", join(folder, "none.yaml"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Tradewind: .*none\.yaml: there is no such file$/);
  });

  test("a file that is no YAML, with the line", async () => {
    const path = file("broken.yaml", "pools:\n  a: [1\n  b: 2\n");
    const { code, stderr } = await runToEnd(...free, "--config", path);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Tradewind: .*broken\.yaml:3:3: .+$/);
  });

  test("a document with mistakes, each with its pointer", async () => {
    const origins = [{ name: "a", address: "127.0.0.1", weight: 7 }];
    const document = {
      pools: { p: { origins } },
      load_balancers: { "shop.test": { default_pools: ["q"], fallback_pool: "p" } },
    };
    const path = file("wrong.yaml", JSON.stringify(document));
    const { code, stderr, stdout } = await runToEnd(...free, "--config", path);
    expect(code).toBe(1);
    expect(stderr).toContain("Tradewind: the configuration was refused (422)");
    expect(stderr).toContain("  /pools/p/origins/0/weight: ");
    expect(stderr).toContain("  /load_balancers/shop.test/default_pools/0: ");
    expect(readyLine(stdout)).toBe(null);
  });

  test.each(["--edge-port", "--central-port"])("a port in use: %s", async (flag) => {
    const { port } = origin.address() as AddressInfo;
    const { code, stderr } = await runToEnd(
      "--no-demo",
      "--edge-port",
      "0",
      "--central-port",
      "0",
      flag,
      String(port),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^Tradewind: port ${port} is in use; .*${flag} N$`));
  });

  test("a token that no header can carry", async () => {
    const planet = startPlanet({ env: { ...marked, TRADEWIND_API_TOKEN: "two words" } });
    await expect(planet).rejects.toThrow("TRADEWIND_API_TOKEN");
  });
});

describe("a planet that is ready", () => {
  test("answers in every colo, with the given token, and says so in one line", async () => {
    const env = { ...marked, TRADEWIND_API_TOKEN: "tw_test_token" };
    const planet = await startPlanet({ config, env });
    try {
      expect(planet.token).toBe("tw_test_token");
      expect(planet.output().match(/Tradewind is ready/g)?.length).toBe(1);
      for (const colo of COLO_NAMES) {
        const { status, text } = await planet.get("shop.test", "/", { colo });
        expect([colo, status, text]).toEqual([colo, 200, "served"]);
      }
      expect((await planet.api("/v1/config")).status).toBe(200);
    } finally {
      await planet.stop();
    }
  });

  test("runs the demo when nothing is said", async () => {
    const planet = await startPlanet({ demo: true, env: marked });
    try {
      const { status, text } = await planet.get("demo.tradewind.test", "/", { colo: "GRU" });
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ origin: expect.any(String), path: "/" });
    } finally {
      await planet.stop();
    }
  });

  test("keeps its configuration in --state over a restart, and keeps nothing without", async () => {
    const state = join(folder, "state");
    const first = await startPlanet({ config, state, env: marked });
    const { etag } = (await first.api("/v1/config")).headers;
    await first.stop();
    const second = await startPlanet({ state, env: marked });
    expect((await second.api("/v1/config")).headers.etag).toBe(etag);
    expect((await second.get("shop.test", "/", { colo: "SYD" })).text).toBe("served");
    await second.stop();
    const third = await startPlanet({ env: marked });
    expect((await third.api("/v1/config")).status).toBe(404);
    await third.stop();
  });
});

describe("the end", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "%s leaves no process and no port",
    async (signal) => {
      const planet = await startPlanet({ demo: true, env: marked });
      expect(await isOpen(planet.edge)).toBe(true);
      // The first process, the planet's, workerd, six origins: the marks are found where there is a /proc.
      if (existsSync("/proc")) expect(processesMarked(mark).length).toBeGreaterThanOrEqual(9);
      planet.process.kill(signal);
      await expectGone([planet.edge, planet.central], END_MS);
      await expect.poll(() => planet.process.exitCode).toBe(0);
    },
  );

  test("SIGKILL of its first process leaves nothing either", async () => {
    const planet = await startPlanet({ demo: true, env: marked });
    planet.process.kill("SIGKILL");
    await expectGone([planet.edge, planet.central], END_MS);
  });

  test("SIGKILL of the planet's process takes workerd and the origins along", async () => {
    const planet = await startPlanet({ demo: true, env: marked });
    const inner = processesMarked(mark).find(({ command }) => command.includes("planet.ts"));
    if (inner !== undefined) process.kill(inner.id, "SIGKILL");
    else planet.process.kill("SIGTERM");
    await expectGone([planet.edge, planet.central], END_MS);
  });

  test("SIGTERM to npm, which passes nothing on, ends the planet", async () => {
    const npm: ChildProcess = spawn(
      "npm",
      ["start", "--", "--edge-port", "0", "--central-port", "0"],
      {
        env: { ...process.env, ...marked },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let output = "";
    npm.stdout?.on("data", (chunk) => {
      output += chunk;
    });
    await expect.poll(() => readyLine(output), { timeout: 30_000 }).not.toBe(null);
    const at = readyLine(output);
    npm.kill("SIGTERM");
    await expectGone([at?.edge ?? "", at?.central ?? ""], END_MS);
  });
});
