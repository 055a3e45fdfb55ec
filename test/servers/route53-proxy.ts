/**
 * Route 53 as strict as the vendor's, before moto: its quotas, its rates, its transactions, its pages, changes that stay PENDING,
 * and every fault that a test asks for. moto holds zones and record sets, and answers what is not about record sets itself.
 *
 * What it does not check: signatures and permissions, the values of other types than A, AAAA, CNAME and TXT, alias targets, the
 * settings of health checks, the quota of 10,000 sets in a zone, and "You can only specify one ResourceRecord per weighted resource record set", which is in
 * the API reference, while the Developer Guide takes several.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { type Call, Calls, Faults, type Listing } from "../vendors/faults.ts";
import type { Moto } from "./moto.ts";
import { HOST } from "./process.ts";
import {
  type Answer,
  changeInfo,
  errorAnswer,
  noSuchHealthCheck,
  noSuchZone,
  priorRequestNotComplete,
  refused,
  throttled,
  xmlAnswer,
} from "./route53/answer.ts";
import { applyBatch, type R53Change } from "./route53/change-batch.ts";
import { readRequest } from "./route53/change-request.ts";
import { HealthChecks } from "./route53/health-checks.ts";
import { inOrder, pageOf } from "./route53/listing.ts";
import { MotoZone } from "./route53/moto-zone.ts";
import { type Named, operationOf } from "./route53/operations.ts";
import {
  Bucket,
  CHANGES,
  changesOf,
  complaintsOfSize,
  type Rate,
  REQUESTS,
} from "./route53/quotas.ts";
import type { R53Set } from "./route53/record-set.ts";
import { listZonesByName } from "./route53/zones-by-name.ts";

export interface Route53ProxyOptions {
  readonly moto: Moto;
  /** The vendor's of today when absent. */
  readonly requests?: Rate;
  readonly changes?: Rate;
  /** How often GetChange says PENDING of each change; 0 when absent. */
  readonly pendingPolls?: number;
  /** Stricter than the vendor: a zone with a change that is PENDING takes no other. */
  readonly busyWhilePending?: boolean;
  /** The clock of the rates; the machine's when absent. */
  readonly nowMs?: () => number;
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

/** What one read of all pages of a zone shows, from its first page on. */
interface Reading {
  readonly fault: Listing | undefined;
  page: number;
}

export class Route53Proxy {
  /** For the next calls. A `throttle` is the vendor's 400; its seconds are not told to the client, as Route 53 tells none. */
  readonly faults = new Faults();
  readonly calls = new Calls();
  /** Every batch that was applied, in order. */
  readonly batches: (readonly R53Change[])[] = [];
  readonly #options: Route53ProxyOptions;
  readonly #requests: Bucket;
  readonly #changes: Bucket;
  readonly #healthChecks: HealthChecks;
  readonly #server: Server;
  /** Zones with a request that is being processed. */
  readonly #busy = new Set<string>();
  /** While moto is brought to an outcome nobody lists the zone. */
  readonly #applying = new Map<string, Promise<void>>();
  /** How many more times GetChange says PENDING, by change; and the last change of each zone. */
  readonly #pending = new Map<string, number>();
  readonly #lastChange = new Map<string, string>();
  /** The states of each zone before each of its changes, for stale listings. */
  readonly #history = new Map<string, (readonly R53Set[])[]>();
  readonly #readings = new Map<string, Reading>();

  constructor(options: Route53ProxyOptions) {
    const { requests = REQUESTS, changes = CHANGES, nowMs = () => performance.now() } = options;
    this.#options = options;
    this.#requests = new Bucket(requests, nowMs);
    this.#changes = new Bucket(changes, nowMs);
    this.#healthChecks = new HealthChecks(options.moto.endpoint);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        // 599: no answer of the vendor's, so no client takes it for one.
        response.writeHead(599).end(`the proxy broke: ${String(error)}`);
      });
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, HOST);
    await once(this.#server, "listening");
    return this;
  }

  /** For `endpoint` of a client of Route 53 or STS. */
  get endpoint(): string {
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request: Request = {
      method: incoming.method ?? "",
      url: new URL(incoming.url ?? "/", this.endpoint),
      headers: new Headers(Object.entries(incoming.headers).map(([k, v]) => [k, String(v)])),
      body: await text(incoming),
    };
    const named = operationOf(request.method, request.url.pathname, request.body);
    const call = callOf(request, named);
    this.calls.all.push(call);
    const met = this.faults.meet(named.operation);
    const has = (kind: string) => met.some((fault) => fault.kind === kind);
    const refusal = this.#refuseAtArrival(named, request);
    const isChange = refusal === null && named.operation === "ChangeResourceRecordSets";
    if (isChange) this.#busy.add(named.id);
    try {
      for (const fault of met) if (fault.kind === "delay") await delay(fault.ms);
      if (has("drop")) return void response.destroy();
      const broken = met.find((fault) => fault.kind === "error");
      const answer = has("throttle")
        ? throttled()
        : broken !== undefined
          ? errorAnswer(broken.status, "InternalFailure", "An internal failure occurred.")
          : (refusal ?? (await this.#answer(named, request)));
      if (has("apply-then-drop")) return void response.destroy();
      send(response, answer, has("cut"), call);
    } finally {
      if (isChange) this.#busy.delete(named.id);
    }
  }

  #refuseAtArrival({ service, operation, id }: Named, { headers }: Request): Answer | null {
    if (service !== "route53") return null;
    if (
      !/^AWS4-HMAC-SHA256 Credential=[^,]+\/route53\/aws4_request,/.test(
        headers.get("authorization") ?? "",
      )
    ) {
      return errorAnswer(403, "MissingAuthenticationToken", "Missing Authentication Token");
    }
    if (!this.#requests.take(1)) return throttled();
    if (operation === "-")
      return errorAnswer(404, "UnknownOperationException", "Unknown operation");
    if (operation !== "ChangeResourceRecordSets") return null;
    const last = this.#lastChange.get(id) ?? "";
    const isPending = this.#options.busyWhilePending === true && (this.#pending.get(last) ?? 0) > 0;
    return this.#busy.has(id) || isPending ? priorRequestNotComplete() : null;
  }

  async #answer(named: Named, request: Request): Promise<Answer> {
    switch (named.operation) {
      case "ChangeResourceRecordSets":
        return await this.#change(named.id, request.body);
      case "ListResourceRecordSets":
        return await this.#list(named.id, request.url.searchParams);
      case "GetChange":
        return this.#getChange(named.id);
      case "ListHostedZonesByName":
        return await listZonesByName(this.#options.moto.endpoint, request.url.searchParams);
      case "ListHealthChecks":
        return await this.#healthChecks.list(request.url.searchParams);
      case "CreateHealthCheck":
        return await this.#healthChecks.create(request.body, () => this.#forward(request));
      case "DeleteHealthCheck":
        this.#healthChecks.deleted(named.id);
        return await this.#forward(request);
      default:
        return await this.#forward(request);
    }
  }

  async #change(id: string, body: string): Promise<Answer> {
    const changes = readRequest(body);
    if (!changes.ok) return refused(changes.error);
    const tooMuch = complaintsOfSize(changes.value);
    if (tooMuch.length > 0) return refused({ code: "InvalidChangeBatch", messages: tooMuch });
    if (!this.#changes.take(changesOf(changes.value))) return throttled();
    const zone = new MotoZone(this.#options.moto.endpoint, id);
    const name = await zone.name();
    if (name === null) return noSuchZone(id);
    const before = await zone.sets();
    const checks = changes.value.flatMap(({ action, set }) =>
      action === "DELETE" ? [] : (set.healthCheckId ?? []),
    );
    for (const check of new Set(checks)) {
      if (!(await this.#healthChecks.exists(check))) return noSuchHealthCheck(check);
    }
    const after = applyBatch(name, before, changes.value);
    if (!after.ok) return refused(after.error);
    const applying = zone.bring(before, after.value);
    this.#applying.set(id, applying);
    await applying;
    this.#history.set(id, [...(this.#history.get(id) ?? []), before]);
    this.batches.push(changes.value);
    return this.#submitted(id);
  }

  #submitted(zone: string): Answer {
    const change = `C${String(this.#pending.size + 1).padStart(13, "0")}`;
    this.#pending.set(change, this.#options.pendingPolls ?? 0);
    this.#lastChange.set(zone, change);
    return changeInfo("ChangeResourceRecordSetsResponse", change, "PENDING");
  }

  #getChange(id: string): Answer {
    const left = this.#pending.get(id);
    if (left === undefined) {
      return errorAnswer(404, "NoSuchChange", `Could not find resource with ID: ${id}`);
    }
    this.#pending.set(id, Math.max(0, left - 1));
    return changeInfo("GetChangeResponse", id, left > 0 ? "PENDING" : "INSYNC");
  }

  async #list(id: string, query: URLSearchParams): Promise<Answer> {
    const isFirst = query.get("name") === null;
    const reading = this.#readings.get(id);
    if (isFirst || reading === undefined) {
      const fault = this.faults.meetListing("ListResourceRecordSets");
      this.#readings.set(id, { fault, page: 1 });
    } else {
      reading.page += 1;
    }
    const { fault, page } = this.#readings.get(id) ?? { fault: undefined, page: 1 };
    await this.#applying.get(id);
    const zone = new MotoZone(this.#options.moto.endpoint, id);
    if ((await zone.name()) === null) return noSuchZone(id);
    const states = this.#history.get(id) ?? [];
    const then = fault?.kind === "stale" ? (states.at(-fault.back) ?? states[0]) : undefined;
    const sets = fault?.kind === "empty" ? [] : (then ?? (await zone.sets()));
    const start = {
      name: query.get("name"),
      type: query.get("type"),
      identifier: query.get("identifier"),
      maxItems: query.get("maxitems"),
    };
    const half = fault?.kind === "truncated" && page >= fault.page;
    const shown = pageOf(inOrder(sets), start, { half });
    return shown.ok
      ? xmlAnswer(200, shown.value)
      : refused({ code: "InvalidInput", messages: [shown.error] });
  }

  async #forward({ method, url, headers, body }: Request): Promise<Answer> {
    const to = this.#options.moto.endpoint + url.pathname + url.search;
    const sent = new Headers();
    // moto finds the service by the signature, and the form of the body by its type.
    for (const name of ["authorization", "content-type"]) {
      const value = headers.get(name);
      if (value !== null) sent.set(name, value);
    }
    const answer = await fetch(to, { method, headers: sent, ...(body === "" ? {} : { body }) });
    const answered = await answer.text();
    // A change of moto's own (a zone made or removed) is in step at once.
    const change = /<Id>\/change\/([^<]+)<\/Id>/.exec(answered)?.[1];
    if (change !== undefined) this.#pending.set(change, 0);
    return {
      status: answer.status,
      body: answered,
      media: answer.headers.get("content-type") ?? "text/xml",
    };
  }
}

function callOf({ method, url }: Request, { operation, service }: Named): Call {
  const query = new URLSearchParams(
    [...url.searchParams].filter(([name]) => !/^x-amz-/i.test(name)),
  );
  const path = query.size === 0 ? url.pathname : `${url.pathname}?${query}`;
  return { operation, permission: `${service}:${operation}`, method, path, status: null };
}

function send(response: ServerResponse, answer: Answer, isCut: boolean, call: Call): void {
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    "Content-Type": answer.media,
    "Content-Length": bytes.length,
  });
  if (isCut) {
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
    return;
  }
  call.status = answer.status;
  response.end(bytes);
}

export const startRoute53Proxy = (options: Route53ProxyOptions): Promise<Route53Proxy> =>
  new Route53Proxy(options).start();
