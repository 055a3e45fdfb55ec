/** A planet with a zone that is kept in step, and what is asked of it over the API. */
import { modelOf } from "./ledgers.ts";
import { planet, putJson } from "./planet.ts";
import { SYNC } from "./sync/bench-zone.ts";

export const ZONE = "shop.test";
const DOCUMENT = { pools: {}, zones: { [ZONE]: {} } };
export const record = (name: string, value = "192.0.2.1", ttl = 60) =>
  ({ name: `${name}.${ZONE}`, type: "A", ttl, values: [value] }) as const;

export async function withZone(sync: Partial<typeof SYNC> = {}) {
  const all = planet();
  const { ask, world } = all;
  world.variables["TW_CRED_PDNS"] = JSON.stringify({ api_key: "k" });
  const turn = (more: Partial<typeof SYNC>) =>
    world.synced.set(ZONE, {
      ...SYNC,
      mode: "propose",
      credentials: { env: "TW_CRED_PDNS" },
      records: [record("a"), record("b")],
      ...sync,
      ...more,
    });
  turn({});
  await ask("/v1/config", putJson(DOCUMENT));
  await all.settled();
  const json = async <T = Plan>(path: string, body?: object) => {
    const init = body === undefined ? {} : { ...putJson(body), method: "POST" };
    const answer = await ask(`/v1/zones/${ZONE}${path}`, init);
    return { status: answer.status, body: (await answer.json()) as T };
  };
  return { ...all, turn, json, zone: modelOf(world, ZONE) };
}

export interface Plan {
  checksum: string;
  changes: { kind: string; name: string; type: string }[];
  objections: { rule: string; confirmation: string | null }[];
  drift: unknown[];
  respected: unknown[];
}

export async function applied(sync: Partial<typeof SYNC> = {}) {
  const all = await withZone(sync);
  const { checksum } = (await all.json("/plan")).body;
  const entry = await all.json<{ sequence: number }>("/apply", { checksum });
  if (entry.status !== 200) throw new Error(JSON.stringify(entry.body));
  return { ...all, entry: entry.body };
}
