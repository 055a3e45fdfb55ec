import { describe, expect, test } from "vitest";
import type { EndpointId } from "../../../routing/units.ts";
import { PAGE } from "../../../workers/central/console/page.ts";
import { SCRIPT } from "../../../workers/central/console/script.ts";
import { PAGE_POLICY } from "../../../workers/central/http/guard.ts";
import { openTab } from "./dom.ts";
import { planet, putJson, START_MS, TOKEN } from "./planet.ts";

const A = "a".repeat(32) as EndpointId;
const PAYLOAD = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;

const visited = (pools: Record<string, number>) => {
  const requests = Object.values(pools).reduce((sum, count) => sum + count, 0);
  return {
    "shop.example": { requests, retries: 0, statuses: { "2xx": requests }, problems: {}, pools },
  };
};

/** A tab whose requests go to a planet in memory. */
async function tab(hash = `#token=${TOKEN}`) {
  const { ask, app, world } = planet();
  const origins = [{ id: A, name: "a", address: PAYLOAD }];
  await ask("/v1/config", putJson({ pools: { [PAYLOAD]: { origins } } }));
  const asked: string[] = [];
  const opened = await openTab(async (path, init) => {
    asked.push(`${init.method ?? "GET"} ${path}`);
    return app.request(path, init);
  }, hash);
  return { ...opened, world, asked };
}

describe("the page", () => {
  test("is served with a policy that forbids inline script, foreign sources and frames", async () => {
    const answer = await planet().app.request("/");
    expect(answer.headers.get("content-security-policy")).toBe(PAGE_POLICY);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(PAGE_POLICY).toContain(part);
    }
    expect(PAGE_POLICY).not.toMatch(/unsafe|\*|https?:/);
  });

  test("needs nothing that its policy forbids", () => {
    expect(PAGE).not.toMatch(
      /<script(?![^>]* src="\/console\.js")|<style|\sstyle=|\son\w+=|https?:\/\//,
    );
    expect(SCRIPT).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|setAttribute\("(style|on)/,
    );
  });

  test("takes the token from the link into this tab and out of the address", async () => {
    const { stored, address, byId } = await tab();
    expect([...stored.values()]).toEqual([TOKEN]);
    expect(address.hash).toBe("");
    expect([byId("door").hidden, byId("facts").hidden]).toEqual([true, false]);
    expect(byId("state").textContent).toBe("live");
  });

  test("asks for the token once when it has none, and again when it is refused", async () => {
    const { stored, byId, settle, asked } = await tab("");
    expect([byId("door").hidden, byId("door-error").textContent, asked]).toEqual([false, "", []]);
    byId("token").value = "wrong";
    byId("door").fire("submit");
    await settle();
    expect(byId("door-error").textContent).toContain("not the token");
    expect([...stored.values()]).toEqual([]);
    byId("token").value = TOKEN;
    byId("door").fire("submit");
    await settle();
    expect(byId("state").textContent).toBe("live");
  });

  test("shows what operators and endpoints wrote as text, wherever it stands", async () => {
    const { world, byId, look } = await tab();
    world.events.set("weur", [
      {
        sequence: 1,
        at: START_MS,
        kind: "health",
        source: "weur",
        subject: PAYLOAD,
        detail: PAYLOAD,
      },
    ]);
    world.statuses.set("weur", {
      health: {
        [A]: { healthy: false, changedAtMs: START_MS, observedAtMs: START_MS, reason: PAYLOAD },
      },
    });
    await look();
    for (const id of ["pools", "events"]) expect(byId(id).textContent).toContain(PAYLOAD);
    for (const id of ["pools", "events", "served", "regions"]) {
      expect([...byId(id).all("img"), ...byId(id).all("script")]).toEqual([]);
    }
    expect(byId("pools").textContent).toContain("✕ unhealthy");
  });

  test("shows each colo's pools of the last interval only", async () => {
    const { world, byId, look, clock } = await tab();
    world.statuses.set("weur", { hosts: { FRA: visited({ north: 1_000 }) } });
    await look();
    world.statuses.set("weur", { hosts: { FRA: visited({ north: 1_030, south: 10 }) } });
    clock.ms += 2_000;
    await look();
    const bar = byId("served").children.find(({ className }) => className === "bar");
    expect(bar?.attributes["aria-label"]).toBe("north 75 %, south 25 %");
    expect(byId("served").textContent).toBe("FRA20.0/s");
  });

  test("keeps what it shows when a region, and then everything, does not answer", async () => {
    const { world, byId, look } = await tab();
    world.brokenRegions.add("weur");
    await look();
    expect(byId("regions").textContent).toContain("✕ does not answer (failed)");
    expect(byId("state").textContent).toBe("live");
  });

  test("shows pools in trouble first and says how many it leaves out", async () => {
    const { ask, app, world } = planet();
    const pools = Array.from({ length: 65 }, (_, at) => {
      const origins = [{ id: at === 64 ? A : `${at}`, name: "a", address: "x" }];
      return [`pool-${at}`, { origins }] as const;
    });
    await ask("/v1/config", putJson({ pools: Object.fromEntries(pools) }));
    const health = {
      [A]: { healthy: false, changedAtMs: 0, observedAtMs: START_MS, reason: "timeout" },
    };
    world.statuses.set("weur", { health });
    const { byId } = await openTab(
      async (path, init) => app.request(path, init),
      `#token=${TOKEN}`,
    );
    expect(byId("pools").all("h3")[0]?.textContent).toBe("pool-64");
    expect(byId("pools").all("h3")).toHaveLength(60);
    expect(byId("pools-more").textContent).toMatch(/^and 5 more pools/);
  });

  test("acknowledges an event by a button, once", async () => {
    const { world, byId, look, settle, asked } = await tab();
    world.events.set("weur", [
      {
        sequence: 4,
        at: START_MS,
        kind: "health",
        source: "weur",
        subject: "a",
        detail: "timeout",
      },
    ]);
    await look();
    const [button] = byId("events").all("button");
    button?.fire("click");
    await settle();
    expect(asked.filter((line) => line.startsWith("PUT"))).toEqual(["PUT /v1/desk"]);
    expect(byId("events").textContent).toContain("✓ noted");
    await look();
    expect(byId("events").children).toHaveLength(1);
  });

  test("hides the faults where there are none to ask for, and shows them where there are", async () => {
    const { byId } = await tab();
    expect(byId("faults").hidden).toBe(true);
    const { app } = planet();
    const local = await openTab(async (path, init) => {
      const faults = [{ target: "region weur", mode: "hang" }];
      return path === "/v1/faults" ? Response.json({ faults }) : app.request(path, init);
    }, `#token=${TOKEN}`);
    expect([local.byId("faults").hidden, local.byId("fault-list").textContent]).toEqual([
      false,
      "region weur: hang",
    ]);
  });
});
