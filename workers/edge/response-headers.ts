/**
 * The headers of an answer on their way to the visitor. Most answers go on untouched, as the object that came:
 * nothing is as faithful to HEAD, 304, 206 and encoded bodies.
 *
 * `Keep-Alive` and a `Connection` that only says so are left to the runtime, which never writes them.
 */
import {
  LOAD_HEADER,
  LOAD_HEADER_BINARY,
  LOAD_HEADER_JSON,
} from "../../routing/load/load-report.ts";

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** An endpoint's load is for us, and would tell a stranger when to strike. */
const LOAD: ReadonlySet<string> = new Set([LOAD_HEADER, LOAD_HEADER_JSON, LOAD_HEADER_BINARY]);

/** Names that a Connection header may list in vain: without them the answer would not be the answer. */
const NOT_OF_THE_HOP: ReadonlySet<string> = new Set([
  "content-length",
  "content-encoding",
  "set-cookie",
]);

/** What may go on to the visitor, or `null` for an answer that is none: a status no client can take. */
export function cleanAnswer(answer: Response, isWebSocket: boolean): Response | null {
  const { status, headers } = answer;
  if (status === 101) return isWebSocket && answer.webSocket !== null ? answer : null;
  if (status < 200 || status > 599) return null;
  const dropped: string[] = [];
  // One pass over the few headers there are; asking for each name would be eight calls of the runtime.
  headers.forEach((value, name) => {
    if (HOP_BY_HOP.has(name) || LOAD.has(name)) dropped.push(name);
    else if (name === "connection" && !isPlain(value)) dropped.push(...namesIn(value));
  });
  if (dropped.length === 0) return answer;
  const clean = new Response(answer.body, answer);
  for (const name of [...dropped, "connection"]) clean.headers.delete(name);
  return clean;
}

const isPlain = (value: string): boolean => value === "keep-alive" || value === "close";

const namesIn = (connection: string): readonly string[] =>
  connection
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => isToken(name) && !NOT_OF_THE_HOP.has(name));

const isToken = (name: string): boolean => /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name);
