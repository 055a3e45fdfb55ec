/** The clock of the script and the dead-man switch, in the production bundles. */
import { Response as OutsideResponse } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { REGIONS } from "../../../../routing/names.ts";
import { startProduction } from "../production.ts";

const calls: [string, string, unknown][] = [];
let started: Awaited<ReturnType<typeof startProduction>>;

beforeAll(async () => {
  started = await startProduction(
    { TW_DEADMAN_URL: "https://deadman.example/ping" },
    async (request) => {
      calls.push([request.method, request.url, await request.json()]);
      return new OutsideResponse(null, { status: 200 });
    },
  );
});
afterAll(() => started.planet.dispose());

test("once a minute every region is looked at, and somebody outside is told", async () => {
  const worker = await started.planet.getWorker("tradewind-central");
  await worker.scheduled({ cron: "* * * * *" });
  const report = (await (await started.ask("/v1/watchdog")).json()) as {
    looks: number;
    late: boolean;
    regions: { missed: string | null }[];
    dead_man: { host: string; ok: boolean; result: string };
  };
  expect(report).toMatchObject({ looks: 1, late: false });
  expect(report.regions.map(({ missed }) => missed)).toEqual(REGIONS.map(() => null));
  const body = { from: "tradewind", looks: 1, missed: [] };
  expect(calls).toEqual([["POST", "https://deadman.example/ping", body]]);
  expect(report.dead_man).toMatchObject({
    host: "deadman.example",
    ok: true,
    result: "status 200",
  });
});
