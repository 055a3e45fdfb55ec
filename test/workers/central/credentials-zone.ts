/** A zone that waits for credentials, and how they are sealed. */
import { expect } from "vitest";
import { planet, putJson } from "./planet.ts";
import { SYNC } from "./sync/bench-zone.ts";

export const ZONE = "shop.test";
export const PATH = `/v1/zones/${ZONE}/credentials`;
/** Where those of powerdns may be sent. */
export const AT = "?endpoint=https://powerdns.example:8081";
const DOCUMENT = { pools: {}, zones: { [ZONE]: {} } };
export const keyOf = (letter: string) => btoa(letter.repeat(32));
export const POST = { method: "POST" };

export interface Sealed {
  sealed: string;
  provider: string;
  endpoints: string[];
  key: string;
  created_on: string;
}

export async function withZone() {
  const all = planet();
  all.world.synced.set(ZONE, { ...SYNC, mode: "propose" });
  await all.ask("/v1/config", putJson(DOCUMENT));
  const sealed = async (body: object = { api_key: "key" }, query = AT) => {
    const answer = await all.ask(`${PATH}${query}`, putJson(body));
    expect(answer.status).toBe(201);
    return (await answer.json()) as Sealed;
  };
  const list = async () => {
    const answer = await all.ask(PATH);
    return ((await answer.json()) as { credentials: (Sealed & { age_seconds: number })[] })
      .credentials;
  };
  return { ...all, sealed, list };
}
