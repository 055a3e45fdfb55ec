/** Answers of Route 53 and STS, written by hand: for what no server can be brought to answer. */
import type { FetchPort } from "../../../../../workers/ports.ts";

const NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";

export const xml = (body: string, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(`<?xml version="1.0"?>\n${body}`, {
    status,
    headers: { "content-type": "text/xml", ...headers },
  });

/** As Route 53 and STS both write an error. */
export const failed = (
  code: string,
  message: string,
  status = 400,
  headers: Record<string, string> = {},
): Response =>
  xml(
    `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    status,
    headers,
  );

/** As Route 53 refuses a batch. */
export const refused = (...messages: readonly string[]): Response =>
  xml(
    `<InvalidChangeBatch xmlns="${NAMESPACE}"><Messages>${messages.map((each) => `<Message>${each}</Message>`).join("")}</Messages><RequestId>1</RequestId></InvalidChangeBatch>`,
    400,
  );

const record = (name: string, type: string, value: string) =>
  `<ResourceRecordSet><Name>${name}</Name><Type>${type}</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>${value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`;

export const SOA = record("shop.test.", "SOA", "ns. h. 1 2 3 4 5");
export const addressOf = (name: string, address: string): string => record(name, "A", address);

/** `next`: the page is not the last. */
export const page = (sets: string, next?: string): Response =>
  xml(
    `<ListResourceRecordSetsResponse xmlns="${NAMESPACE}"><ResourceRecordSets>${sets}</ResourceRecordSets><IsTruncated>${next !== undefined}</IsTruncated>${next ?? ""}<MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`,
  );

export const changed = (status: "PENDING" | "INSYNC", element = "ChangeResourceRecordSets") =>
  xml(
    `<${element}Response xmlns="${NAMESPACE}"><ChangeInfo><Id>/change/C1</Id><Status>${status}</Status><SubmittedAt>2026-11-27T18:00:00Z</SubmittedAt></ChangeInfo></${element}Response>`,
  );

export const checksPage = (checks: string, marker?: string): Response =>
  xml(
    `<ListHealthChecksResponse xmlns="${NAMESPACE}"><HealthChecks>${checks}</HealthChecks><Marker></Marker><IsTruncated>${marker !== undefined}</IsTruncated>${marker === undefined ? "" : `<NextMarker>${marker}</NextMarker>`}<MaxItems>1000</MaxItems></ListHealthChecksResponse>`,
  );

export const checkText = (id: string, reference: string, target: string): string =>
  `<HealthCheck><Id>${id}</Id><CallerReference>${reference}</CallerReference><HealthCheckConfig><Port>443</Port><Type>HTTPS</Type><FullyQualifiedDomainName>${target}</FullyQualifiedDomainName><RequestInterval>30</RequestInterval><FailureThreshold>3</FailureThreshold><EnableSNI>true</EnableSNI></HealthCheckConfig><HealthCheckVersion>1</HealthCheckVersion></HealthCheck>`;

export const createdCheck = (check: string): Response =>
  xml(`<CreateHealthCheckResponse xmlns="${NAMESPACE}">${check}</CreateHealthCheckResponse>`, 201);

export interface Script {
  readonly fetch: FetchPort;
  /** Method, path and query of what was asked, in order. */
  readonly asked: readonly string[];
  /** What was sent with each. */
  readonly bodies: readonly string[];
  readonly headers: readonly Headers[];
}

type Line = Response | Error | ((request: Request) => Response | Promise<Response>);

/** Answers one line after the other; the last one stays. */
export function scripted(...lines: readonly Line[]): Script {
  const asked: string[] = [];
  const bodies: string[] = [];
  const headers: Headers[] = [];
  return {
    asked,
    bodies,
    headers,
    async fetch(request) {
      request.signal.throwIfAborted();
      const { pathname, search, hostname } = new URL(request.url);
      const line = lines[Math.min(asked.length, lines.length - 1)];
      asked.push(`${request.method} ${hostname}${pathname.replace("/2013-04-01", "")}${search}`);
      headers.push(request.headers);
      bodies.push(await request.text());
      if (line instanceof Error) throw line;
      if (line === undefined) throw new Error("the script has no line");
      return line instanceof Response ? line.clone() : await line(request);
    },
  };
}
