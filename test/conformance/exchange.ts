/** One request of a case, and everything that must be so about its answer. */
import { expect } from "vitest";
import type { Answer } from "../../local/ask.ts";
import type { Exchange } from "./case.ts";
import { echoOf, newId, type Stage } from "./stage.ts";

export async function perform(exchange: Exchange, stage: Stage): Promise<void> {
  const [target = "", method = "GET"] = exchange.ask.split(" ").reverse();
  const id = newId();
  const { backendSets, mirrored = [] } = exchange;
  const asked = mirrored.length === 0 ? target : `${target}?id=${id}`;
  const headers = {
    ...exchange.headers,
    ...(backendSets === undefined ? {} : { "x-echo-set": JSON.stringify(backendSets) }),
  };
  const host = exchange.host ?? stage.gateway;
  const answer = await stage.get(host, asked, { method, headers });
  expectAnswer(exchange, answer, stage.gateway);
  expectSeen(exchange, answer);
  for (const backend of mirrored) {
    await expect.poll(async () => (await stage.seen(backend, id)).length).toBe(1);
    const [copy] = await stage.seen(backend, id);
    expect({ ...copy, headers: {} }).toEqual({ method, url: asked, headers: {} });
  }
}

function expectAnswer(exchange: Exchange, answer: Answer, gateway: string): void {
  const { status = 200, to, location, answered = {}, absent = [] } = exchange;
  expect([status].flat()).toContain(answer.status);
  if (to !== undefined) expect(answer.headers["x-pool"]).toBe(to);
  if (location !== undefined) {
    expect(answer.headers.location).toBe(location.replace("GATEWAY", gateway));
  }
  for (const [name, values] of Object.entries(answered)) {
    const given = String(answer.headers[name.toLowerCase()]).replaceAll(" ", "");
    expect([values].flat().map((value) => value.replaceAll(" ", ""))).toContain(given);
  }
  for (const name of absent) expect(answer.headers).not.toHaveProperty(name.toLowerCase());
}

function expectSeen({ seen }: Exchange, answer: Answer): void {
  if (seen === undefined) return;
  const { url, headers } = echoOf(answer);
  if (seen.target !== undefined) expect(url).toBe(seen.target);
  if (seen.host !== undefined) expect(headers["x-forwarded-host"]).toBe(seen.host);
  const lower = Object.entries(seen.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  expect(headers).toMatchObject(Object.fromEntries(lower));
  for (const name of seen.absent ?? []) expect(headers).not.toHaveProperty(name.toLowerCase());
}
