import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needingServers, serversMissing } from "../../servers/find.ts";
import { patch } from "../../workers/central/dns/servers/powerdns-zone.ts";
import type { PlanAnswer, ZoneRow } from "./answers.ts";
import { foundIn } from "./canary.ts";
import { EventStream } from "./event-stream.ts";
import { bindPlace, DOMAIN, type PowerDnsPlace, powerDnsPlace, secretsOf } from "./servers.ts";
import { DnsStage, POOLS, until, zoneName } from "./stage.ts";

const WWW = `www.${DOMAIN}`;
const FOREIGN = "203.0.113.66";
const ZONE = `/v1/zones/${zoneName("powerdns")}`;
/** What the tests change, so that there is something to write. */
const withTtl = (ttl: number) => ({
  publish: { [WWW]: "direct" },
  records: [{ name: `ttl.${DOMAIN}`, type: "A", ttl, values: ["192.0.2.1"] }],
});

describe.skipIf(serversMissing)(needingServers("orders of operators"), () => {
  let stage: DnsStage<"powerdns" | "refusing" | "garbled">;
  let powerdns: PowerDnsPlace;
  let stream: EventStream;

  beforeAll(async () => {
    const bind = await bindPlace();
    powerdns = await powerDnsPlace();
    const wrongKey = Buffer.from("canary-of-a-wrong-key").toString("base64");
    const garbled = "canary-of-a-garbled-variable";
    stage = await DnsStage.open({
      places: {
        powerdns,
        refusing: {
          ...bind,
          secrets: [...bind.secrets, wrongKey],
          entry: {
            zone: { ...bind.entry.zone, credentials: { env: "TW_CRED_WRONG" } },
            variable: { TW_CRED_WRONG: JSON.stringify({ tsig_secret: wrongKey }) },
          },
        },
        garbled: {
          ...powerdns,
          secrets: [garbled],
          entry: {
            zone: {
              ...powerdns.entry.zone,
              owner: "garbled",
              credentials: { env: "TW_CRED_GARBLED" },
            },
            variable: { TW_CRED_GARBLED: `{"api_key": "${garbled}` },
          },
          stop: async () => {},
        },
      },
      zone: { mode: "propose", failback_hold_seconds: 0 },
    });
    await stage.apply(stage.document(withTtl(60)));
    stream = await EventStream.open(stage.planet, `${ZONE}/events`);
  });
  afterAll(async () => {
    stream?.close();
    await stage?.close();
  });

  const plan = () => stage.read<PlanAnswer>(`${ZONE}/plan`);
  const apply = async (checksum: string, confirmations: readonly string[] = []) => {
    const answer = await stage.api("POST", `${ZONE}/apply`, { checksum, confirmations });
    return { status: answer.status, body: JSON.parse(answer.text) };
  };
  const applied = async () => await apply((await plan()).checksum);
  /** Without marks: this provider compares nothing when it writes, so each set is written with its own again. */
  const ttlOf = async () =>
    (await plan()).changes
      .filter(({ name }) => name === `ttl.${DOMAIN}`)
      .map((change) => [change.kind, change.name, change.before?.ttl, change.after?.ttl]);

  test("a plan waits until somebody applies it by its checksum, and no other is applied", async () => {
    const first = await plan();
    expect(first.changes.length).toBeGreaterThan(0);
    expect(await powerdns.addresses(WWW)).toEqual([]);
    await stage.apply(stage.document(withTtl(61)));
    const stale = await apply(first.checksum);
    const now = await plan();
    expect([stale.status, stale.body.current]).toEqual([412, now.checksum]);
    expect(await powerdns.addresses(WWW)).toEqual([]);
    const done = await apply(now.checksum);
    expect([done.status, done.body.outcome, done.body.actor]).toEqual([200, "done", "operator"]);
    expect(await powerdns.addresses(WWW)).toEqual(POOLS.frankfurt);
    // It was applied: the same order again is refused.
    expect((await apply(now.checksum)).status).toBe(412);
    expect(await stage.read(ZONE)).toMatchObject({ in_step: true, changes: 0 });
  });

  test("the stream of events tells the order, each batch, and that the zone is in step", async () => {
    const said = ["operator writes", "batch", "in step with version 2"];
    expect(await until(async () => said.every((words) => stream.text.includes(words)))).toBe(true);
    expect(stream.text).toMatch(/^event: dns$/m);
  });

  test("a freeze stops what is ordered, and after the thaw it goes on", async () => {
    await stage.apply(stage.document(withTtl(62)));
    expect(JSON.parse((await stage.api("PUT", `${ZONE}/freeze`)).text).frozen).toEqual(["ledger"]);
    const frozen = await applied();
    expect(frozen.status).toBe(423);
    expect(frozen.body.detail).toContain(`DELETE ${ZONE}/freeze`);
    expect(JSON.parse((await stage.api("DELETE", `${ZONE}/freeze`)).text).frozen).toEqual([]);
    expect((await applied()).status).toBe(200);
    expect(await stage.read(ZONE)).toMatchObject({ in_step: true, frozen: [] });
  });

  test("undo puts back what was, and freezes, so that it stays", async () => {
    const { history } = await stage.read<{ history: { sequence: number }[] }>(`${ZONE}/history`);
    const undone = await stage.api("POST", `${ZONE}/undo`, { sequence: history[0]?.sequence });
    expect(undone.status).toBe(200);
    expect(await stage.read(ZONE)).toMatchObject({ frozen: ["ledger"], in_step: false });
    expect(await ttlOf()).toEqual([["update", `ttl.${DOMAIN}`, 61, 62]]);
    await stage.api("DELETE", `${ZONE}/freeze`);
    expect((await applied()).status).toBe(200);
  });

  test("somebody else's edit of a set of ours is told as drift, and repaired on an order", async () => {
    await edit();
    expect(await powerdns.addresses(WWW)).toEqual([FOREIGN]);
    const { drift } = await stage.read<{ drift: unknown }>(`${ZONE}/drift`);
    expect(drift).toMatchObject([
      { name: WWW, type: "A", wrote: { values: POOLS.frankfurt }, found: { values: [FOREIGN] } },
    ]);
    expect((await applied()).status).toBe(200);
    expect(await powerdns.addresses(WWW)).toEqual(POOLS.frankfurt);
  });

  test("and in mode apply without one", async () => {
    await stage.apply(stage.document({ ...withTtl(62), mode: "apply" }));
    await edit();
    await stage.answersAre(WWW, POOLS.frankfurt, ["powerdns"]);
  });

  const edit = () =>
    patch(powerdns.server, [
      {
        name: `${WWW}.`,
        type: "A",
        ttl: 30,
        changetype: "REPLACE",
        records: [{ content: FOREIGN, disabled: false }],
      },
    ]);

  test("a wrong key and a variable that is no JSON are told with what to do, and without what they say", async () => {
    const failureOf = async (place: string) =>
      (await stage.read<ZoneRow>(`/v1/zones/${zoneName(place)}`)).failure;
    expect(await failureOf("refusing")).toMatchObject({ kind: "unauthorized" });
    const garbled = await failureOf("garbled");
    expect(garbled?.kind).toBe("unauthorized");
    expect(garbled?.detail).toContain("TW_CRED_GARBLED");
    for (const path of [
      "/v1/events",
      "/v1/config",
      "/metrics",
      `/v1/zones/${zoneName("garbled")}/plan`,
    ]) {
      await stage.api("GET", path);
    }
    stage.answered.push(stream.text);
    expect(foundIn(stage.said(), secretsOf(stage.places))).toEqual([]);
  });
});
