/** Stands in for the product's edge: it says what it was given, and passes everything else on. */
import { WorkerEntrypoint } from "cloudflare:workers";
import { type RoundTrips, wayToEndpoints } from "../../local/workers/way.ts";
import type { SendPort } from "../../workers/ports.ts";

interface Store {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, ttlSeconds?: number): Promise<void>;
}

interface Env {
  readonly CACHE: Store;
  readonly KEYS: Store;
  readonly REGIONS: { exchange(region: string, report: unknown): Promise<unknown> };
  readonly DISTANCES: { roundTrips(): Promise<RoundTrips> };
}

export class Loaded extends WorkerEntrypoint {
  ready(): boolean {
    return true;
  }
}

let isolate: string | null = null;
let way: SendPort | null = null;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    isolate ??= crypto.randomUUID();
    const { pathname } = new URL(request.url);
    if (pathname === "/pass") return pass(request, env);
    if (pathname === "/cache") {
      const before = await env.CACHE.get("key");
      await env.CACHE.put("key", "kept", 60);
      return new Response(String(before));
    }
    if (pathname === "/kv") {
      await env.KEYS.put("key", "kept");
      return new Response(String(await env.KEYS.get("key")));
    }
    if (pathname === "/exchange") {
      return Response.json(await env.REGIONS.exchange("weur", { n: 1 }));
    }
    const { url, cf } = request;
    return Response.json({ isolate, url, cf, headers: [...request.headers] });
  },
};

function pass(request: Request, env: Env): Promise<Response> {
  way ??= wayToEndpoints({
    nowMs: () => Date.now(),
    wait: (ms, signal) => scheduler.wait(ms, { signal }),
    send: (to, outgoing) => fetch(to, outgoing),
    roundTrips: () => env.DISTANCES.roundTrips(),
  });
  const { method, body, signal } = request;
  const headers = Object.fromEntries(request.headers);
  const outgoing = { method, headers, signal, redirect: "manual" } as const;
  const target = request.headers.get("x-target") ?? "";
  return way(target, body === null ? outgoing : { ...outgoing, body });
}
