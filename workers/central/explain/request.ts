/** A request as an operator describes it, made into what the rules and steering see of a real one. */
import { z } from "@hono/zod-openapi";
import { isReplayable } from "../../../routing/attempt/retry.ts";
import { regionOf, type Whereabouts } from "../../../routing/geo.ts";
import { isOfTheEdge } from "../../../routing/headers.ts";
import { HEADERS_MAX } from "../../../routing/limits.ts";
import { type RequestFacts, readTarget } from "../../../routing/match/facts.ts";
import type { Region } from "../../../routing/names.ts";
import type { Asker } from "../../../routing/steer/knowledge.ts";
import { HOSTNAME, normaliseHostname } from "../../../routing/table/hostname.ts";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/;
/** No browser and no server goes further. */
const TARGET_CHARACTERS_MAX = 8_192;

const text = z.string().max(TARGET_CHARACTERS_MAX);
const degrees = (most: number) => z.number().min(-most).max(most).optional();

const clientSchema = z.strictObject({
  ip: z.union([z.ipv4(), z.ipv6()]).optional(),
  country: z
    .string()
    .regex(/^[A-Z][A-Z1]$/, "two capitals such as DE")
    .optional(),
  continent: z.enum(["AF", "AN", "AS", "EU", "NA", "OC", "SA"]).optional(),
  asn: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  lat: degrees(90),
  lon: degrees(180),
  proto: z.enum(["http", "https"]).optional(),
});

export const requestSchema = z
  .strictObject({
    method: z.string().regex(TOKEN, "a method such as GET").default("GET"),
    url: text
      .refine((url) => partsOf(url) !== null, "an absolute http or https URL of a hostname")
      .optional(),
    host: z
      .string()
      .refine(
        (host) => partsOf(`http://${host}/`)?.rawHost === host,
        "a hostname, perhaps with a port",
      )
      .optional(),
    path: text.regex(/^\//, "a path from its first slash").optional(),
    query: text.optional().openapi({ description: "Without the question mark." }),
    headers: z
      .record(z.string().regex(TOKEN, "a header's name"), text)
      .refine(
        (headers) => Object.keys(headers).length <= HEADERS_MAX,
        `at most ${HEADERS_MAX} headers`,
      )
      .default({}),
    client: clientSchema.default({}),
    colo: z
      .string()
      .regex(/^[A-Z]{3}$/, "an IATA code of three capitals such as FRA")
      .openapi({ description: "Where the request enters." }),
  })
  .superRefine(({ url, host, path, query }, context) => {
    const isSplit = host !== undefined;
    if ((url === undefined) !== isSplit) {
      context.addIssue({
        code: "custom",
        path: ["url"],
        message: "either url, or host with path and query",
      });
    } else if (url !== undefined && (path !== undefined || query !== undefined)) {
      context.addIssue({
        code: "custom",
        path: ["path"],
        message: "path and query go with host; a url has its own",
      });
    }
  });

export type Described = z.infer<typeof requestSchema>;

export interface Asking {
  readonly facts: RequestFacts;
  readonly asker: Asker;
  readonly region: Region;
}

/** Only what goes on to an endpoint counts of the headers, as at the edge. */
export function askingOf({ method, headers, client, colo, ...where }: Described): Asking {
  const { url, host = "", path = "/", query } = where;
  const split = `${client.proto ?? "https"}://${host}${path}${query === undefined ? "" : `?${query}`}`;
  const parts = partsOf(url ?? split);
  const kept = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !isOfTheEdge(name));
  const { country, continent, asn, lat: latitude, lon: longitude, ip = "" } = client;
  const place: Whereabouts = { colo, country, continent, latitude, longitude };
  const hasIdempotencyKey = kept.some(([name]) => name === "idempotency-key");
  return {
    facts: {
      method,
      scheme: client.proto ?? parts?.scheme ?? "https",
      host: normaliseHostname(parts?.hostname ?? ""),
      port: parts?.port,
      ...readTarget(parts?.target ?? "/"),
      headers: Object.fromEntries(kept),
      clientIp: ip,
      asn,
      country,
      continent,
      latitude,
      longitude,
      colo,
    },
    asker: {
      ...place,
      clientKey: ip,
      replayable: isReplayable({ method, hasIdempotencyKey, body: "none" }),
    },
    region: regionOf(colo, place),
  };
}

/** By a grammar and not by a URL parser, which turns `a.example:80@evil.example` into another host. */
function partsOf(url: string) {
  const found = /^(https?):\/\/([^/?#]*)([^#]*)/i.exec(url);
  const [, scheme = "", rawHost = "", rest = ""] = found ?? [];
  const [, hostname = "", port] = /^([^:]*)(?::(\d{1,5}))?$/.exec(rawHost) ?? [];
  if (!HOSTNAME.test(hostname) || Number(port ?? 0) > 65_535) return null;
  return {
    scheme: scheme.toLowerCase() === "http" ? ("http" as const) : ("https" as const),
    rawHost,
    hostname,
    port: port === undefined ? undefined : Number(port),
    target: rest.startsWith("/") ? rest : `/${rest}`,
  };
}
