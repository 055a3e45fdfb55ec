/**
 * The yardstick of `npm run bench:overhead`: a stand-alone proxy worker as a careful engineer would write it for one
 * site. Complete header hygiene both ways, strict host check, loop protection, one timeout per try, a random
 * endpoint. No snapshot, no health, no retries, no measurements.
 *
 * FROZEN: a figure against it is only worth something while it does not move. Fix it never, replace it by a
 * second one if it must be.
 */
interface Env {
  /** JSON: `{ "host": "www.example", "endpoints": ["http://…:1", …] }`. */
  readonly SITE: string;
}

interface Site {
  readonly host: string;
  readonly endpoints: readonly string[];
}

const TRY_TIMEOUT_MS = 9_000;
const HEADERS_MAX = 100;
const HEADER_BYTES_MAX = 32 * 1024;
const LOOP = "reference";

const NEVER_FORWARDED = new Set([
  ...[
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
  ],
  ...["proxy-connection", "proxy-authenticate", "proxy-authentication-info", "proxy-authorization"],
  ...["host", "content-length", "expect", "mf-cf-blob"],
  ...["cf-connecting-ip", "cf-connecting-ipv6", "cf-connecting-o2o", "cf-ew-via", "cf-ipcountry"],
  ...["cf-pseudo-ipv4", "cf-ray", "cf-visitor", "cf-worker", "client-ip", "fastly-client-ip"],
  ...["forwarded", "true-client-ip", "x-client-ip", "x-cluster-client-ip", "x-forwarded"],
  ...["x-forwarded-by", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port"],
  ...["x-forwarded-proto", "x-forwarded-server", "x-host", "x-original-host", "x-original-url"],
  ...["x-originating-ip", "x-real-ip", "x-remote-addr", "x-remote-ip", "x-rewrite-url", "x-scheme"],
  ...["cdn-loop"],
]);
const NEVER_RETURNED = [
  ...["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"],
  ...["proxy-connection", "proxy-authenticate", "proxy-authentication-info"],
];
const MUST_STAY = new Set(["host", "content-length", "authorization", "cookie", "cdn-loop"]);

let site: Site | null = null;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    site ??= JSON.parse(env.SITE) as Site;
    const host = hostOf(request.headers.get("host") ?? "");
    if (host === null) return refuse(400);
    if (host !== site.host) return refuse(421);
    if (request.method === "TRACE" || request.method === "CONNECT") return refuse(405);
    const headers = forwardedHeaders(request, host);
    if (typeof headers === "number") return refuse(headers);
    const endpoint = site.endpoints[Math.floor(Math.random() * site.endpoints.length)] ?? "";
    try {
      return cleaned(await once(request, endpoint + targetOf(request.url), headers));
    } catch (error) {
      return refuse((error as Error).name === "TimeoutError" ? 504 : 502);
    }
  },
};

/** The name of the site asked for, `null` when the header is not a host name. */
function hostOf(raw: string): string | null {
  const matched = /^([a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?)\.?(?::\d{1,5})?$/i.exec(raw);
  return matched?.[1]?.toLowerCase() ?? null;
}

/** What may go on, or the status to refuse with. */
function forwardedHeaders(request: Request, host: string): Headers | number {
  const headers = new Headers();
  const listed = namesIn(request.headers.get("connection"));
  if (listed.some((name) => MUST_STAY.has(name))) return 400;
  let count = 0;
  let bytes = 0;
  for (const [name, value] of request.headers) {
    count += 1;
    bytes += name.length + value.length + 4;
    const plain = name.includes("_") ? name.replaceAll("_", "-") : name;
    if (!NEVER_FORWARDED.has(plain) && !listed.includes(name)) headers.set(name, value);
  }
  if (count > HEADERS_MAX || bytes > HEADER_BYTES_MAX) return 431;
  const loop = request.headers.get("cdn-loop");
  if (loop?.split(",").some((member) => member.trim().startsWith(LOOP))) return 508;
  headers.set("cdn-loop", loop === null ? LOOP : `${loop}, ${LOOP}`);
  headers.set("x-forwarded-for", request.headers.get("cf-connecting-ip") ?? "unknown");
  headers.set("x-forwarded-host", host);
  headers.set("x-forwarded-proto", request.url.startsWith("https:") ? "https" : "http");
  if (!headers.has("x-request-id")) headers.set("x-request-id", crypto.randomUUID());
  if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
    headers.set("upgrade", "websocket");
  }
  return headers;
}

const targetOf = (url: string): string => url.slice(url.indexOf("/", url.indexOf("://") + 3));

/** One try: the timeout is for the headers, the body then streams for as long as it flows. */
async function once(request: Request, url: string, headers: Headers): Promise<Response> {
  const stop = new AbortController();
  const onAbort = () => stop.abort(request.signal.reason);
  request.signal.addEventListener("abort", onAbort);
  const timer = setTimeout(() => {
    stop.abort(new DOMException("no answer in time", "TimeoutError"));
  }, TRY_TIMEOUT_MS);
  try {
    const { method, body } = request;
    return await fetch(url, { method, headers, body, redirect: "manual", signal: stop.signal });
  } finally {
    clearTimeout(timer);
  }
}

function cleaned(answer: Response): Response {
  if (answer.webSocket !== null) return answer;
  if (answer.status < 200 || answer.status > 599) return refuse(502);
  const dropped = [...NEVER_RETURNED, ...namesIn(answer.headers.get("connection"))];
  if (!dropped.some((name) => answer.headers.has(name))) return answer;
  const clean = new Response(answer.body, answer);
  for (const name of dropped) clean.headers.delete(name);
  return clean;
}

const namesIn = (list: string | null): readonly string[] =>
  list === null
    ? []
    : list
        .split(",")
        .map((name) => name.trim().toLowerCase())
        .filter((name) => /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name));

function refuse(status: number): Response {
  return new Response(`${status}\n`, { status, headers: { "cache-control": "no-store" } });
}
