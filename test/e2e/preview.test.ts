/** Previews and monitor groups over a whole planet, as an operator meets them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { REGIONS } from "../../routing/names.ts";
import { RawOrigin } from "../origins/raw.ts";
import { startPlanet } from "./planet.ts";

const origin = new RawOrigin();
let planet: SpawnedPlanet;

const answerWith = (status: number, body = "") =>
  `HTTP/1.1 ${status} Text\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

beforeAll(async () => {
  await origin.start();
  origin.answer = ({ line }) => {
    if (line.includes("/login")) return answerWith(503);
    return line.includes("/health") ? answerWith(200, "all fine") : answerWith(404);
  };
  const patient = { interval: 10, timeout: 5 };
  planet = await startPlanet({
    config: {
      monitors: {
        web: { type: "http", path: "/health", ...patient },
        login: { type: "http", path: "/login", ...patient },
      },
      monitor_groups: {
        both: { members: [{ monitor_id: "web" }, { monitor_id: "login", must_be_healthy: true }] },
      },
      pools: {
        eu: {
          monitor_group: "both",
          origins: [{ name: "a", address: "127.0.0.1", port: origin.port }],
        },
      },
    },
  });
});

afterAll(async () => {
  await planet?.stop();
  await origin.stop();
});

interface Shown {
  readonly region: string;
  readonly healthy: boolean;
  readonly reason: string;
  readonly status_code: number | null;
}

async function preview(path: string, body: object) {
  const answer = await fetch(`${planet.central}/v1/${path}/preview`, {
    method: "POST",
    headers: { authorization: `Bearer ${planet.token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  const { endpoints } = (await answer.json()) as { endpoints: { regions: Shown[] }[] };
  return endpoints[0]?.regions ?? [];
}

test("every region tells at once what a stored monitor sees", async () => {
  const seen = await preview("monitors/web", {});
  expect(seen.map(({ region, healthy, status_code }) => [region, healthy, status_code])).toEqual(
    REGIONS.map((region) => [region, true, 200]),
  );
});

test("a draft is tried before it is stored", async () => {
  const draft = { type: "http", path: "/health", expected_body: "ALL FINE", timeout: 10 };
  const one = { regions: ["weur"] };
  expect(await preview("pools/eu", { monitor: draft, ...one })).toMatchObject([{ healthy: true }]);
  expect(
    await preview("pools/eu", { monitor: { ...draft, expected_body: "other" }, ...one }),
  ).toMatchObject([{ healthy: false, reason: "body without the expected text" }]);
});

test("a group says which member failed, in a preview and in the verdict", async () => {
  const reason = "1 of 2 monitors failed: login (must be healthy, status 503)";
  expect(await preview("pools/eu", { regions: ["oc"] })).toMatchObject([
    { region: "oc", healthy: false, reason },
  ]);
  await expect
    .poll(
      async () => {
        const answer = await fetch(`${planet.central}/v1/health`, {
          headers: { authorization: `Bearer ${planet.token}` },
        });
        const { endpoints } = (await answer.json()) as { endpoints: { regions: Shown[] }[] };
        return endpoints[0]?.regions.find(({ region }) => region === "weur")?.reason;
      },
      { timeout: 60_000, interval: 200 },
    )
    .toBe(reason);
});
