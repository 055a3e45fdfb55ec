import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test } from "vitest";
import { brokenLink } from "../../durable-objects/config/audit.ts";
import { manifestKey, REGIONS, shardKey } from "../../routing/names.ts";
import { readManifest } from "../../routing/snapshot.ts";
import { wholeIn } from "../helpers/stored.ts";
import { documentOf } from "./documents.ts";
import { faults } from "./faults.ts";
import { bindings, eventually, freshName } from "./fixtures.ts";

const by = { actor: "ann", note: "why" };

/** Each test has an account of its own; the regions and the directory are shared. */
function freshAccount() {
  const account = freshName("account");
  const store = bindings.CONFIG_STORE.getByName(`v1:config:${account}`);
  return { account, store, host: `${account}.example.com` };
}

type Store = ReturnType<typeof freshAccount>["store"];

const ackedBy = async (store: Store) =>
  Object.values(await store.pushes()).map(({ acked }) => acked);
const everyRegion = (version: number) => REGIONS.map(() => version);

afterEach(() => {
  faults.regionsDown.clear();
  faults.kvDown = false;
  faults.kvCalls.length = 0;
});

test("an accepted proposal is current at once, and every region and KV have it soon after", async () => {
  const { account, store, host } = freshAccount();
  expect(await store.current()).toBeNull();
  const accepted = await store.propose({ ...by, document: documentOf([host]) });
  expect(accepted).toMatchObject({ ok: true, value: { version: 1 } });
  const current = await store.current();
  expect(current).toMatchObject({ version: 1, document: { load_balancers: { [host]: {} } } });
  await eventually(() => ackedBy(store)).toEqual(everyRegion(1));
  await eventually(() => bindings.SNAPSHOTS.get(manifestKey(account))).toContain(host);
});

test("of proposals that race on one ETag exactly one is accepted, and the others are told the new one", async () => {
  const { store, host } = freshAccount();
  await store.propose({ ...by, document: documentOf([host]) });
  const expected = (await store.current())?.etag ?? "";
  const answers = await Promise.all(
    [0.1, 0.2, 0.3, 0.4, 0.5].map((weight) =>
      store.propose({ ...by, expected, document: documentOf([host], weight) }),
    ),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  const current = (await store.current())?.etag;
  for (const answer of answers) {
    if (!answer.ok) expect(answer.error).toEqual({ reason: "stale", expected, current });
  }
  expect((await store.versions()).map(({ version }) => version)).toEqual([2, 1]);
});

test("no change is lost: proposals that expect nothing all become versions, one after the other", async () => {
  const { store, host } = freshAccount();
  const weights = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
  await Promise.all(
    weights.map((weight) =>
      store.propose({ ...by, note: String(weight), document: documentOf([host], weight) }),
    ),
  );
  const notes = (await store.versions()).map(({ note }) => Number(note));
  expect(notes.toSorted()).toEqual(weights);
  const rows = await store.audit(0);
  expect(rows.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(brokenLink(rows, null)).toBeNull();
});

test("a row of the audit that was changed or taken out breaks the chain", async () => {
  const { store, host } = freshAccount();
  for (const weight of [0.1, 0.2, 0.3]) {
    await store.propose({ ...by, document: documentOf([host], weight) });
  }
  const [first, second, third] = await store.audit(0);
  if (!first || !second || !third) throw new Error("three changes make three rows");
  expect(brokenLink([first, { ...second, actor: "bob" }, third], null)?.sequence).toBe(2);
  expect(brokenLink([first, third], null)?.sequence).toBe(3);
  expect(brokenLink([second, third], first)).toBeNull();
});

test("an invalid proposal stores nothing", async () => {
  const { store } = freshAccount();
  const answer = await store.propose({ ...by, document: { pools: { p: { origins: 7 } } } });
  expect(answer).toMatchObject({ ok: false, error: { reason: "invalid" } });
  expect([await store.versions(), await store.audit(0), await store.events(0)]).toEqual([
    [],
    [],
    [],
  ]);
});

test("a hostname belongs to the account that claimed it first, until it drops it", async () => {
  const [first, second] = [freshAccount(), freshAccount()];
  const spare = `spare.${first.host}`;
  await first.store.propose({ ...by, document: documentOf([first.host, spare]) });
  const refused = await second.store.propose({ ...by, document: documentOf([second.host, spare]) });
  expect(refused).toEqual({ ok: false, error: { reason: "hostname-taken", hostnames: [spare] } });
  const directory = bindings.DIRECTORY.getByName("v1:directory");
  // All or nothing: what was free is not claimed by a refused proposal either.
  expect(await directory.account(second.host)).toBeNull();
  await first.store.propose({ ...by, document: documentOf([first.host]) });
  await eventually(() => directory.account(spare)).toBeNull();
  expect(await second.store.propose({ ...by, document: documentOf([spare]) })).toMatchObject({
    ok: true,
  });
});

test("restoring is a new version with the old content, audited like any change", async () => {
  const { store, host } = freshAccount();
  await store.propose({ ...by, document: documentOf([host], 0.5) });
  await store.propose({ ...by, document: documentOf([host], 1) });
  expect(await store.restore(9, by)).toEqual({ ok: false, error: { reason: "unknown-version" } });
  const stale = await store.restore(1, { ...by, expected: "old" });
  expect(stale).toMatchObject({ ok: false, error: { reason: "stale" } });
  expect(await store.restore(1, by)).toMatchObject({ ok: true, value: { version: 3 } });
  expect((await store.current())?.document).toEqual((await store.version(1))?.document);
  expect((await store.audit(0)).map(({ action }) => action)).toEqual([
    "propose",
    "propose",
    "restore",
  ]);
  await eventually(() => ackedBy(store)).toEqual(everyRegion(3));
});

test("a region that was away gets the newest version by alarm, even from a new instance", async () => {
  const { store, host } = freshAccount();
  faults.regionsDown.add("oc");
  await store.propose({ ...by, document: documentOf([host], 0.5) });
  await eventually(async () => (await store.pushes())["oc"]?.failures).toBeGreaterThan(0);
  expect((await store.pushes())["weur"]).toEqual({ acked: 1, failures: 0 });
  await store.propose({ ...by, document: documentOf([host], 1) });
  await eventually(async () => (await store.pushes())["oc"]?.failures).toBeGreaterThan(1);
  await evictDurableObject(store);
  faults.regionsDown.clear();
  await eventually(async () => (await store.pushes())["oc"]?.acked).toBe(2);
  const told = (await store.events(0)).filter(({ subject }) => subject === "oc");
  expect(told.map(({ detail }) => detail)).toEqual([
    "version 1 not taken yet: made to fail",
    "version 2 taken",
  ]);
});

test("an alarm that was lost while a push is owed is set again by whoever asks", async () => {
  const { store, host } = freshAccount();
  faults.regionsDown.add("oc");
  await store.propose({ ...by, document: documentOf([host]) });
  await eventually(async () => (await store.pushes())["oc"]?.failures).toBeGreaterThan(0);
  await runInDurableObject(store, (_, state) => state.storage.deleteAlarm());
  await evictDurableObject(store);
  faults.regionsDown.clear();
  await eventually(async () => (await store.pushes())["oc"]?.acked).toBe(1);
});

test("KV gets the shards before the manifest, and keeps those of the last five versions", async () => {
  const { account, store, host } = freshAccount();
  const hashes: string[] = [];
  for (const weight of [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]) {
    await store.propose({ ...by, document: documentOf([host], weight) });
    await eventually(async () => {
      const stored = wholeIn((await bindings.SNAPSHOTS.get(manifestKey(account))) ?? "");
      const manifest = readManifest(stored?.text ?? "");
      const hash = manifest.ok ? manifest.value.hosts[host] : undefined;
      if (hash !== undefined && !hashes.includes(hash)) hashes.push(hash);
      return hashes.length;
    }).toBe(Math.round(weight * 10));
  }
  const puts = faults.kvCalls.filter(
    (call) => call.startsWith("put v1:shard") || call.includes(account),
  );
  expect(puts.slice(0, 2)).toEqual([
    `put ${shardKey(hashes[0] ?? "")}`,
    `put ${manifestKey(account)}`,
  ]);
  const kept = async () => {
    const texts = await Promise.all(hashes.map((hash) => bindings.SNAPSHOTS.get(shardKey(hash))));
    return texts.map((text) => text !== null);
  };
  await eventually(kept).toEqual([false, false, true, true, true, true, true]);
});
