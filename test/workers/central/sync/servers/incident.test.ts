/** The incident at real servers: Route 53 by moto behind the vendor's limits, PowerDNS and BIND. */
import { describe } from "vitest";
import { OPCODE_UPDATE } from "../../../../../workers/central/dns/rfc2136/types.ts";
import type { Connection, DialPort, FetchPort } from "../../../../../workers/ports.ts";
import { dialPort } from "../../../../helpers/dial.ts";
import { startBind } from "../../../../servers/bind.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { MOTO_CREDENTIALS, startMoto } from "../../../../servers/moto.ts";
import { startPowerDns } from "../../../../servers/powerdns.ts";
import { startRoute53Proxy } from "../../../../servers/route53-proxy.ts";
import { hastyPorts } from "../../dns/route53/ports.ts";
import { DOMAIN } from "../desired-zone.ts";
import { type IncidentSite, incident, type Weather } from "../incident.ts";

const fromEnv = { credentials: { env: "TW_CRED_TEST" } };
const LASTS = { times: Number.POSITIVE_INFINITY };

async function route53(): Promise<IncidentSite> {
  const moto = await startMoto();
  const id = await moto.createZone(DOMAIN);
  const ports = hastyPorts();
  const proxy = await startRoute53Proxy({ moto, nowMs: ports.clock.nowMs });
  const { accessKeyId, secretAccessKey } = MOTO_CREDENTIALS;
  const on = ["ListResourceRecordSets"];
  return {
    fields: {
      provider: "route53",
      endpoint: proxy.endpoint,
      settings: { hosted_zone_id: id },
      ...fromEnv,
    },
    credentials: { access_key_id: accessKeyId, secret_access_key: secretAccessKey },
    ports,
    weather(weather) {
      proxy.faults.clear();
      if (weather === "throttled") proxy.faults.throttle({ ...LASTS, on });
      if (weather === "empty") proxy.faults.emptyListing(LASTS);
      if (weather === "bare") proxy.faults.staleListing(Number.MAX_SAFE_INTEGER, LASTS);
    },
    writes: () => proxy.batches.length,
    async stop() {
      await proxy.stop();
      await moto.stop();
    },
  };
}

/** PowerDNS has no faults of its own to arm: what is between it and the ledger has them. */
async function powerdns(): Promise<IncidentSite> {
  const server = await startPowerDns({ zones: [DOMAIN] });
  let weather: Weather = "well";
  let writes = 0;
  const between: FetchPort = async (request) => {
    const isListing =
      request.method === "GET" && new URL(request.url).pathname.endsWith(`${DOMAIN}.`);
    if (request.method === "PATCH") writes += 1;
    if (!isListing || weather === "well") return fetch(request);
    if (weather === "throttled") return Response.json({ error: "Too many" }, { status: 429 });
    const answer = await fetch(request);
    const zone = (await answer.json()) as { rrsets: readonly { name: string; type: string }[] };
    const isOwn = ({ name, type }: { name: string; type: string }) =>
      weather === "bare" && name === `${DOMAIN}.` && ["SOA", "NS"].includes(type);
    return Response.json({ ...zone, rrsets: zone.rrsets.filter(isOwn) });
  };
  return {
    fields: { provider: "powerdns", endpoint: server.endpoint, settings: {}, ...fromEnv },
    credentials: { api_key: server.apiKey },
    revoked: { api_key: "revoked" },
    ports: { fetch: between },
    weather(next) {
      weather = next;
    },
    writes: () => writes,
    stop: () => server.stop(),
  };
}

/**
 * A transfer is signed, so a good one with nothing in it comes from a server: one with the same key, where the zone is new. Nobody throttles
 * here; the server is away instead, and an empty transfer is one that breaks off.
 */
async function bind(): Promise<IncidentSite> {
  const server = await startBind({ zones: [DOMAIN] });
  const bare = await startBind({ zones: [DOMAIN], key: server.key });
  const { key, host, port } = server;
  let weather: Weather = "well";
  let writes = 0;
  const between: DialPort = async (target, signal) => {
    if (weather === "throttled") throw new Error("connection refused");
    const real = await dialPort(target, signal);
    const transfers =
      weather === "bare" ? await dialPort({ ...target, port: bare.port }, signal) : real;
    const mayBreak = weather === "empty";
    return routed(
      (isUpdate) => {
        if (isUpdate) writes += 1;
        return { to: isUpdate ? real : transfers, breaksOff: mayBreak && !isUpdate };
      },
      [real, transfers],
    );
  };
  return {
    fields: {
      provider: "rfc2136",
      endpoint: `${host}:${port}`,
      settings: { tsig_key_name: key.name, tsig_algorithm: key.algorithm },
      ...fromEnv,
    },
    credentials: { tsig_secret: key.secret },
    revoked: { tsig_secret: server.key512.secret },
    ports: { dial: between },
    weather(next) {
      weather = next;
    },
    writes: () => writes,
    async stop() {
      await server.stop();
      await bare.stop();
    },
  };
}

/** One connection of several, chosen by the first message; its answer may break off after the first bytes. */
function routed(
  route: (isUpdate: boolean) => { readonly to: Connection; readonly breaksOff: boolean },
  all: readonly Connection[],
): Connection {
  const chosen = Promise.withResolvers<ReturnType<typeof route>>();
  const writer = chosen.promise.then(({ to }) => to.writable.getWriter());
  const reader = chosen.promise.then(({ to }) => to.readable.getReader());
  return {
    writable: new WritableStream({
      async write(chunk) {
        // Two bytes of length and two of the id; then the opcode (RFC 1035, section 4.1.1).
        chosen.resolve(route((((chunk as Uint8Array)[4] ?? 0) >> 3) % 16 === OPCODE_UPDATE));
        await (await writer).write(chunk);
      },
    }),
    readable: new ReadableStream({
      async pull(controller) {
        const { done, value } = await (await reader).read();
        if (done) return controller.close();
        const { breaksOff } = await chosen.promise;
        controller.enqueue(breaksOff ? value.subarray(0, BROKEN_OFF_BYTES) : value);
        if (breaksOff) controller.close();
      },
    }),
    async close() {
      for (const connection of new Set(all)) await connection.close();
    },
  };
}

/** Of a transfer of some thousand. */
const BROKEN_OFF_BYTES = 600;

describe.skipIf(serversMissing)(needingServers("the incident at real servers"), () => {
  incident("Route 53", { start: route53, throttledAs: "throttled", emptyAs: "unreachable" });
  incident("PowerDNS", { start: powerdns, throttledAs: "throttled", emptyAs: "unreachable" });
  incident("BIND", { start: bind, throttledAs: "unreachable", emptyAs: "unreachable" });
});
