import { evictDurableObject } from "cloudflare:test";
import { afterEach, expect, test } from "vitest";
import { brokenLink } from "../../durable-objects/config/audit.ts";
import { manifestKey, REGIONS, regionObject } from "../../routing/names.ts";
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
  await eventually(async () =>
    Object.values(await store.pushes()).map(({ acked }) => acked),
  ).toEqual(REGIONS.map(() => 1));
  await eventually(() => bindings.SNAPSHOTS.get(manifestKey(account))).toContain(host);
});
