import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findPrograms } from "./find.ts";
import { needPrograms, programsFound } from "./programs.ts";

const NAMES = ["moto_server", "pdns_server", "named", "dig", "nsupdate", "octodns-sync"];

describe("where the servers are found", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tradewind-find-"));
    vi.stubEnv("TRADEWIND_SERVERS", folder);
    await mkdir(join(folder, "bin"));
    await mkdir(join(folder, "share"));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  const bring = async (names: readonly string[]) => {
    for (const name of names) await writeFile(join(folder, "bin", name), "", { mode: 0o755 });
    await writeFile(join(folder, "share/powerdns.sql"), "");
  };

  test("in the folder that TRADEWIND_SERVERS names, before any other", async () => {
    await bring(NAMES);
    expect(findPrograms()).toEqual({
      moto: join(folder, "bin/moto_server"),
      pdns: join(folder, "bin/pdns_server"),
      pdnsSchema: join(folder, "share/powerdns.sql"),
      named: join(folder, "bin/named"),
      dig: join(folder, "bin/dig"),
      nsupdate: join(folder, "bin/nsupdate"),
      octodnsSync: join(folder, "bin/octodns-sync"),
    });
  });

  test.each(NAMES)(
    "a named folder without %s is a mistake that says what to run",
    async (missing) => {
      await bring(NAMES.filter((name) => name !== missing));
      expect(() => findPrograms()).toThrow(`lacks a server: run .ci/install-servers ${folder}`);
    },
  );

  test("one by one for who needs only some, who is told what is missing", async () => {
    await bring(["named"]);
    const named = join(folder, "bin/named");
    expect(programsFound()).toEqual({ named, pdnsSchema: join(folder, "share/powerdns.sql") });
    expect(needPrograms("named")).toMatchObject({ named });
    expect(() => needPrograms("named", "pdns")).toThrow(
      "pdns_server is not here: run .ci/install-servers .tradewind/servers",
    );
  });
});
