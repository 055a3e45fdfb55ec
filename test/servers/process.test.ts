import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { HOST, isFree, startServer, until } from "./process.ts";

/** A server in one line of Node, that `fetch` reaches on the first port. */
const SERVER = (port: number | undefined) =>
  `require("node:http").createServer((_, answer) => answer.end()).listen(${port}, "${HOST}")`;
const answers = async ([port]: readonly number[]) => (await fetch(`http://${HOST}:${port}`)).ok;

const isAlive = (id: number) => {
  try {
    process.kill(id, 0);
    // A zombie that nobody has waited for yet holds nothing.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, "utf8"));
  } catch {
    return false;
  }
};

describe("a server as a child process", () => {
  test("a stop ends it and its children, frees its ports and removes its folder", async () => {
    const server = await startServer({
      name: "with-child",
      portCount: 2,
      // The grandchild holds the second port.
      prepare: (_folder, [first, second]) => ({
        program: process.execPath,
        flags: [
          "-e",
          `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(SERVER(second))}]);${SERVER(first)}`,
        ],
      }),
      answers: async ([first = 0, second = 0]) =>
        (await answers([first])) && (await answers([second])),
    });
    expect(existsSync(server.folder)).toBe(true);
    await server.stop();
    await server.stop();
    await until("the grandchild's port is free", async () => isFree(server.ports[1] ?? 0));
    expect(await isFree(server.ports[0] ?? 0)).toBe(true);
    expect(existsSync(server.folder)).toBe(false);
  });

  test("one that ends before it answers is told with its last words, after tries on other ports", async () => {
    let tries = 0;
    const started = startServer({
      name: "short",
      portCount: 1,
      prepare: () => {
        tries++;
        return { program: process.execPath, flags: ["-e", 'console.error("no such zone")'] };
      },
      answers: async () => false,
    });
    await expect(started).rejects.toThrow(/short ends before it answers.*no such zone/s);
    expect(tries).toBe(3);
  });

  test("one that cannot be run at all is told by its name", async () => {
    const started = startServer({
      name: "absent",
      portCount: 1,
      prepare: () => ({ program: "/nowhere/program", flags: [] }),
      answers: async () => false,
    });
    await expect(started).rejects.toThrow(/absent ends before it answers.*\/nowhere\/program/s);
  });

  const canDieWithParent = existsSync("/usr/bin/setpriv");
  test.skipIf(!canDieWithParent)("the server of a killed test run ends with it", async () => {
    const run = spawn(process.execPath, [fileURLToPath(import.meta.resolve("./abandoned.ts"))], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(run.stdout, "data");
    const { id, folder } = JSON.parse(String(line));
    expect(isAlive(id)).toBe(true);
    run.kill("SIGKILL");
    await until("the abandoned server is gone", async () => !isAlive(id));
    await rm(folder, { recursive: true });
  });

  test("a port that somebody has is not free", async () => {
    const server = createServer().listen(0, HOST);
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await isFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isFree(port)).toBe(true);
  });
});
