/** The command line of `npm run explain`, made into the body of `POST /v1/explain`. */
import { parseArgs } from "node:util";
import { ok, type Result, refuse } from "../../routing/result.ts";
import { DEFAULT_COLO } from "../colos.ts";

export const USAGE = `explain --url URL [flags]      which rule, pool and endpoint a request would get, and why

  --url URL            http://shop.example/api?x=1
  --colo COLO          where it enters (${DEFAULT_COLO})
  --method METHOD      GET
  --header 'x: y'      as often as there are headers
  --client PAIRS       ip=203.0.113.9;country=DE;continent=EU;asn=3320;lat=52.5;lon=13.4;proto=https
  --live               take a ticket, send the request to the planet, and tell what served it
  --json               as the API answers
  --central-port N     of which planet, when several run`;

export interface Wanted {
  readonly body: {
    readonly url: string;
    readonly colo: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly client: Readonly<Record<string, string | number>>;
  };
  /** As it was written: what `tw-client` takes. */
  readonly client: string | null;
  readonly live: boolean;
  readonly json: boolean;
  readonly centralPort: string | undefined;
}

const OPTIONS = {
  url: { type: "string" },
  colo: { type: "string", default: DEFAULT_COLO },
  method: { type: "string", default: "GET" },
  header: { type: "string", multiple: true, default: [] as string[] },
  client: { type: "string" },
  live: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  "central-port": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** What is wrong in the values themselves is for central to say. Refusal: one line. */
export function parseExplain(args: readonly string[]): Result<Wanted | "help", string> {
  const parsed = parse(args);
  if (!parsed.ok) return parsed;
  const { url, colo, method, header, client, live, json, help } = parsed.value;
  if (help) return ok("help");
  if (url === undefined) return refuse("--url says what is to be explained");
  const headers: Record<string, string> = {};
  for (const text of header) {
    const colon = text.indexOf(":");
    if (colon < 1) return refuse(`--header is 'name: value', not "${text}"`);
    headers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim();
  }
  return ok({
    body: { url, colo, method, headers, client: pairsOf(client ?? "") },
    client: client ?? null,
    live,
    json,
    centralPort: parsed.value["central-port"],
  });
}

function parse(args: readonly string[]) {
  try {
    return ok(parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false }).values);
  } catch (error) {
    // Node's first sentence names the flag; the rest is advice about parsing.
    return refuse(String((error as Error).message).split(/\.\s/)[0] ?? "");
  }
}

const NUMBERS = ["asn", "lat", "lon"];

function pairsOf(text: string): Record<string, string | number> {
  const pairs = text.split(";").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = "", value = ""] = pair.split("=", 2).map((part) => part.trim());
      return [key, NUMBERS.includes(key) && Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  );
}
