/** The API over ledgers: the product's own ledgers before models of providers. */
import { describe, expect, test } from "vitest";
import { putJson, START_MS } from "./planet.ts";
import { applied, type Plan, record, withZone, ZONE } from "./zone.ts";

describe("the list of zones", () => {
  test("has those that are kept in step with how they stand as of their last look, and no others", async () => {
    const { ask, json, world } = await withZone();
    await ask("/v1/config", putJson({ pools: {}, zones: { [ZONE]: {}, "plain.test": {} } }));
    await json("/plan");
    const { zones } = (await (await ask("/v1/zones")).json()) as { zones: unknown[] };
    expect(zones).toMatchObject([
      {
        zone: ZONE,
        reachable: true,
        domain: ZONE,
        provider: "powerdns",
        mode: "propose",
        in_step: false,
        changes: 4,
        conflicts: 0,
        frozen: [],
        looked_at: new Date(START_MS).toISOString(),
        failure: null,
        blind: "",
      },
    ]);
    expect(world.synced.size).toBe(1);
  });

  test("a zone is in step when its plan was applied", async () => {
    const { json } = await applied();
    expect((await json("")).body).toMatchObject({ in_step: true, changes: 0, sets: 2 });
  });

  test("before the first look nothing is claimed", async () => {
    const { json } = await withZone();
    expect((await json("")).body).toMatchObject({ in_step: null, looked_at: null, mode: null });
    expect((await json("/plan?fresh=false")).status).toBe(503);
  });

  test("a zone whose provider refuses tells why, and how often in a row", async () => {
    const { json, zone } = await withZone();
    const failure = { kind: "unauthorized", detail: "The key is wrong: make another." } as const;
    zone.mishaps.push({ kind: "failure", failure });
    const refused = await json<{ type: string; detail: string }>("/plan");
    expect([refused.status, refused.body.type]).toEqual([503, "urn:tradewind:problem:no-plan"]);
    expect(refused.body.detail).toContain("unauthorized: The key is wrong: make another.");
    const whose = { provider: "powerdns", mode: "propose", failures: 1 };
    expect((await json("")).body).toMatchObject({ ...whose, in_step: null, failure });
  });

  test("a zone that nobody keeps in step is 404 with what to do, on every path", async () => {
    const { ask } = await withZone();
    for (const path of ["", "/plan", "/drift", "/history", "/events"]) {
      const answer = await ask(`/v1/zones/other.test${path}`);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.text()).toContain("PUT /v1/config");
    }
    expect((await ask("/v1/zones/not a name/plan")).status).toBe(400);
  });

  test("without the configuration store the freeze switch, the history and the last look still answer", async () => {
    const { ask, json, ports } = await applied();
    const { config } = ports.objects;
    ports.objects.config = () => ({
      ...config("default"),
      syncedZones: () => Promise.reject(new Error("gone")),
    });
    const frozen = await ask(`/v1/zones/${ZONE}/freeze`, { method: "PUT" });
    expect([frozen.status, await frozen.json()]).toEqual([200, { zone: ZONE, frozen: ["ledger"] }]);
    expect((await json("/history")).status).toBe(200);
    expect((await json("/plan?fresh=false")).status).toBe(200);
    expect((await ask("/v1/zones")).status).toBe(503);
  });
});

describe("a plan", () => {
  test("tells each change with before and after, what it was made from, and its checksum", async () => {
    const { json, turn } = await applied();
    turn({ records: [record("a", "192.0.2.7")] });
    const plan = (await json("/plan")).body;
    expect(plan.checksum).toMatch(/^[0-9a-f]{32}$/);
    expect(plan).toMatchObject({
      zone: ZONE,
      base: { owner: "tw", version: 1, sequence: 1 },
      ours: 2,
      changes: [
        {
          kind: "update",
          name: `a.${ZONE}`,
          type: "A",
          before: { values: ["192.0.2.1"] },
          after: { values: ["192.0.2.7"] },
        },
      ],
      waiting: [{ name: `b.${ZONE}` }],
    });
  });

  test("is told as Markdown by Accept and by format, and the command in it applies it", async () => {
    const { ask } = await withZone();
    const path = `/v1/zones/${ZONE}/plan`;
    const answers = [
      await ask(path, { headers: { accept: "text/markdown" } }),
      await ask(`${path}?format=markdown&fresh=false`),
    ];
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ headers }) => headers.get("content-type"))).toEqual(
      Array(2).fill("text/markdown; charset=utf-8"),
    );
    expect(texts[0]).toBe(texts[1]);
    const body = /-d '(.*)'/.exec(texts[0] ?? "")?.[1] ?? "";
    const done = await ask(`/v1/zones/${ZONE}/apply`, { ...putJson(body), method: "POST" });
    expect(done.status).toBe(200);
    expect((await ask(`${path}?format=xml`)).status).toBe(400);
  });

  test("of the last look is told without another look", async () => {
    const { json, zone } = await applied();
    const calls = zone.calls;
    expect((await json("/plan?fresh=false")).status).toBe(200);
    expect(zone.calls).toBe(calls);
  });
});

describe("applying", () => {
  test("the same checksum twice writes once: the second is stale and told the newest", async () => {
    const { json, zone } = await withZone();
    const { checksum } = (await json("/plan")).body;
    const first = await json("/apply", { checksum });
    const second = await json<{ type: string; current: string }>("/apply", { checksum });
    expect([first.status, second.status, zone.writes]).toEqual([200, 412, 1]);
    expect(first.body).toMatchObject({
      outcome: "done",
      written: 1,
      batches: 1,
      actor: "operator",
    });
    expect(second.body.type).toBe("urn:tradewind:problem:stale");
    expect(second.body).toMatchObject({
      expected: checksum,
      current: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test("a hundred at once write once", async () => {
    const { json, zone } = await withZone();
    const { checksum } = (await json("/plan")).body;
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => json("/apply", { checksum })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect([statuses[0], new Set(statuses.slice(1)), zone.writes]).toEqual([
      200,
      new Set([412]),
      1,
    ]);
  });

  test("what changed since the review is not written", async () => {
    const { json, turn, zone } = await withZone();
    const { checksum } = (await json("/plan")).body;
    turn({ records: [record("a", "192.0.2.66")] });
    expect((await json("/apply", { checksum })).status).toBe(412);
    expect(zone.writes).toBe(0);
  });

  test("objections are told all at once with 409, and their confirmations write it", async () => {
    const records = Array.from({ length: 12 }, (_, at) => record(`n${at}`));
    const { json, turn, zone } = await applied({ records });
    turn({
      records: records.map(({ values: _, ...one }) => ({
        ...one,
        ttl: 900,
        values: ["192.0.2.9"],
      })),
    });
    const { checksum, objections } = (await json("/plan")).body;
    expect(objections.map(({ rule }) => rule)).toEqual(["too-many-updates", "ttl-raise"]);
    const refused = await json<Plan & { type: string }>("/apply", { checksum });
    expect([refused.status, refused.body.type]).toEqual([409, "urn:tradewind:problem:guarded"]);
    expect(refused.body.objections).toEqual(objections);
    const confirmations = objections.map(({ confirmation }) => confirmation);
    const half = await json<Plan>("/apply", { checksum, confirmations: confirmations.slice(1) });
    expect(half.body.objections.map(({ rule }) => rule)).toEqual(["too-many-updates"]);
    expect(zone.writes).toBe(1);
    expect((await json("/apply", { checksum, confirmations })).status).toBe(200);
  });

  test("a failure in the middle is 502 with what was written so far", async () => {
    const { json, zone, turn } = await withZone();
    turn({ records: Array.from({ length: 120 }, (_, at) => record(`n${at}`)) });
    const { checksum } = (await json("/plan")).body;
    const failure = { kind: "unreachable", detail: "The vendor is down; later." } as const;
    let writes = 0;
    zone.watchers.push(() => {
      writes += 1;
      if (writes === 1) zone.mishaps.push({ kind: "failure", failure });
    });
    const refused = await json<{ type: string; detail: string; entry: object }>("/apply", {
      checksum,
    });
    expect([refused.status, refused.body.type]).toEqual([
      502,
      "urn:tradewind:problem:provider-failed",
    ]);
    expect(refused.body).toMatchObject({ failure, entry: { written: 1, outcome: "stopped" } });
    expect(refused.body.detail).toMatch(/1 of \d batches were written/);
  });

  test("a body without a checksum is told where one comes from", async () => {
    const { json } = await withZone();
    const refused = await json<{ errors: { detail: string }[] }>("/apply", {});
    expect(refused.body.errors.map(({ detail }) => detail)).toEqual([
      expect.stringContaining("GET …/plan tells that of the plan that you reviewed"),
    ]);
  });

  test("a body with mistakes is refused with all of them, and nothing is looked at", async () => {
    const { json, zone } = await withZone();
    const calls = zone.calls;
    const refused = await json<{ errors: { pointer: string }[] }>("/apply", {
      checksum: "x",
      confirmations: [1],
      more: true,
    });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ pointer }) => pointer)).toEqual([
      "/checksum",
      "/confirmations/0",
      "/more",
    ]);
    expect(zone.calls).toBe(calls);
  });
});

describe("drift", () => {
  test("of a zone that respects foreign edits is told and undone only on an operator's word", async () => {
    const { json, zone } = await applied({ drift: "respect" });
    zone.put(record("a", "203.0.113.9"));
    const { body } = await json("/drift");
    expect(body).toMatchObject({
      drift: [
        {
          name: `a.${ZONE}`,
          type: "A",
          wrote: { ttl: 60, values: ["192.0.2.1"], policy: null },
          found: { ttl: 60, values: ["203.0.113.9"], policy: null },
        },
      ],
      respected: [{ kind: "update" }],
    });
    const { checksum } = (await json("/plan")).body;
    expect((await json("")).body).toMatchObject({
      in_step: false,
      changes: 0,
      respected: 1,
      drift: 1,
    });
    expect((await json("/apply", { checksum, include_respected: true })).status).toBe(200);
    expect(zone.sets.get(`a.${ZONE} A`)?.values).toEqual(["192.0.2.1"]);
  });
});

describe("history and undo", () => {
  test("what was applied is in the history, and undone it is gone and the zone frozen", async () => {
    const { json, zone, entry } = await applied();
    const { history } = (await json<{ history: { changes: object[] }[] }>("/history")).body;
    expect(history).toMatchObject([{ sequence: entry.sequence, outcome: "done" }]);
    expect(history[0]?.changes).toContainEqual({ kind: "create", key: `a.${ZONE} A` });
    const confirmations = ["too-many-deletes 2"];
    const undone = await json("/undo", { sequence: entry.sequence, confirmations });
    expect(undone.status).toBe(200);
    expect(zone.sets.has(`a.${ZONE} A`)).toBe(false);
    expect((await json("")).body).toMatchObject({ frozen: ["ledger"] });
  });

  test("undone again there is nothing to undo, and the answer says why", async () => {
    const { json, entry } = await applied();
    const order = { sequence: entry.sequence, confirmations: ["too-many-deletes 2"] };
    await json("/undo", order);
    const again = await json<{ type: string; detail: string }>("/undo", order);
    expect([again.status, again.body.type]).toEqual([409, "urn:tradewind:problem:nothing-to-undo"]);
    expect(again.body.detail).toMatch(/^Sets of entry 1: 2 as before it already\. Nothing was/);
  });

  test("one entry is told alone with all its changes, one that is not there is 404", async () => {
    const { json, entry } = await applied();
    const { body } = await json<{ history: { changes: object[]; changed: number }[] }>(
      `/history?sequence=${entry.sequence}`,
    );
    expect(body.history.map(({ changed, changes }) => [changed, changes.length])).toEqual([[4, 4]]);
    expect((await json("/history?sequence=77")).status).toBe(404);
    expect((await json("/history?sequence=x")).status).toBe(400);
  });

  test("an entry that is not there is 404", async () => {
    const { json } = await applied();
    const refused = await json<{ detail: string }>("/undo", { sequence: 77 });
    expect([refused.status, refused.body.detail]).toEqual([
      404,
      expect.stringContaining("/history"),
    ]);
  });
});

describe("freezing", () => {
  test("stops orders with 423 and what to do, until it is thawed", async () => {
    const { ask, json, zone } = await withZone();
    const path = `/v1/zones/${ZONE}/freeze`;
    const { checksum } = (await json("/plan")).body;
    await ask(path, { method: "PUT" });
    const refused = await json<{ type: string; detail: string }>("/apply", { checksum });
    expect([refused.status, refused.body.type]).toEqual([423, "urn:tradewind:problem:frozen"]);
    expect(refused.body.detail).toContain(`DELETE /v1/zones/${ZONE}/freeze`);
    expect(zone.writes).toBe(0);
    const thawed = await ask(path, { method: "DELETE" });
    expect(await thawed.json()).toEqual({ zone: ZONE, frozen: [] });
    expect((await json("/apply", { checksum })).status).toBe(200);
  });

  test("by the script's variable is told at once, and no thaw helps", async () => {
    const { ask, world } = await withZone();
    world.variables["TW_FREEZE"] = "1";
    const thawed = await ask(`/v1/zones/${ZONE}/freeze`, { method: "DELETE" });
    expect(await thawed.json()).toEqual({ zone: ZONE, frozen: ["script"] });
  });
});
