/**
 * Health checks as strict as Route 53's, before moto's, which makes a new one at every request, deletes what is not there, knows no
 * pages and lets a record set refer to any id. Sentences are the API reference's.
 */
import type { FetchPort } from "../../../../../workers/ports.ts";
import { failed } from "./scripted.ts";

export interface StrictChecks {
  readonly fetch: FetchPort;
  /** The references of those that there are, by id, as far as they passed here. */
  readonly alive: ReadonlyMap<string, string>;
}

/** `pageMax`: the most that a page has, whatever was asked for. */
export function strictChecks(next: FetchPort, pageMax = 1_000): StrictChecks {
  /** By CallerReference what was asked and answered; `null`: deleted. */
  const made = new Map<string, { asked: string; answer: Response } | null>();
  const alive = new Map<string, string>();

  async function create(request: Request): Promise<Response> {
    const asked = await request.clone().text();
    const reference = textIn(asked, "CallerReference");
    const before = made.get(reference);
    // "If you send a CreateHealthCheck request with the same CallerReference and settings as a previous request … If the health check does
    // exist, Route 53 returns the health check configuration in the response."
    if (before?.asked === asked) return before.answer.clone();
    // "… with the same CallerReference as a deleted health check, regardless of the settings" or "as an existing health check but with
    // different settings, Route 53 returns a HealthCheckAlreadyExists error."
    if (before !== undefined) return failed("HealthCheckAlreadyExists", "It exists already", 409);
    const answer = await next(request);
    if (!answer.ok) return answer;
    made.set(reference, { asked, answer: answer.clone() });
    alive.set(textIn(await answer.clone().text(), "Id"), reference);
    return answer;
  }

  async function remove(request: Request): Promise<Response> {
    const id = new URL(request.url).pathname.split("/").at(-1) ?? "";
    const reference = alive.get(id);
    if (reference === undefined) return failed("NoSuchHealthCheck", `No health check ${id}`, 404);
    const answer = await next(request);
    if (answer.ok) {
      alive.delete(id);
      made.set(reference, null);
    }
    return answer;
  }

  async function list(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const answer = await next(request);
    const whole = await answer.text();
    const all = whole.match(/<HealthCheck>.*?<\/HealthCheck>/gs) ?? [];
    // Those whose making was answered to nobody, too.
    for (const each of all) alive.set(textIn(each, "Id"), textIn(each, "CallerReference"));
    const from = Number(searchParams.get("marker") ?? 0);
    const end = from + Math.min(pageMax, Number(searchParams.get("maxitems") ?? 100));
    const more = end < all.length;
    const tail = `<IsTruncated>${more}</IsTruncated>${more ? `<NextMarker>${end}</NextMarker>` : ""}`;
    return new Response(
      `<ListHealthChecksResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HealthChecks>${all.slice(from, end).join("")}</HealthChecks><Marker></Marker>${tail}<MaxItems>100</MaxItems></ListHealthChecksResponse>`,
      { headers: answer.headers },
    );
  }

  async function change(request: Request): Promise<Response> {
    const body = await request.clone().text();
    const ids = [...body.matchAll(/<HealthCheckId>([^<]*)</g)].map(([, id = ""]) => id);
    const gone = ids.find((id) => !alive.has(id));
    if (gone !== undefined) return failed("NoSuchHealthCheck", `No health check ${gone}`, 404);
    return next(request);
  }

  return {
    alive,
    fetch: async (request) => {
      const path = new URL(request.url).pathname;
      if (/\/healthcheck\/./.test(path)) return remove(request);
      if (path.endsWith("/healthcheck")) {
        return request.method === "POST" ? create(request) : list(request);
      }
      return path.endsWith("/rrset") && request.method === "POST" ? change(request) : next(request);
    },
  };
}

const textIn = (xml: string, element: string): string =>
  xml.split(`<${element}>`)[1]?.split("<")[0] ?? "";
