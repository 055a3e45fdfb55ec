/** `npm run explain -- --url http://shop.example/api --colo NRT`: why a request goes where it goes on the running planet. */
import { TICKET_HEADER } from "../routing/explain/ticket.ts";
import { type Answer, ask } from "./ask.ts";
import { parseExplain, USAGE, type Wanted } from "./explain/arguments.ts";
import { type Answered, printed } from "./explain/print.ts";
import { type Reached, reachPlanet } from "./running.ts";
import { CLIENT_HEADER, COLO_HEADER } from "./workers/client.ts";

function fail(reason: string, code: number): never {
  console.error(`Tradewind: ${reason}`);
  process.exit(code);
}

async function post<T>({ central, token }: Reached, path: string, body: object): Promise<T> {
  const answer = await ask(central + path, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch((error: Error) => fail(`${central} does not answer (${error.message})`, 1));
  if (answer.status >= 300) fail(refusalText(answer), 1);
  return JSON.parse(answer.text) as T;
}

function refusalText({ status, text }: Answer): string {
  try {
    const { detail, errors = [] } = JSON.parse(text) as {
      detail: string;
      errors?: readonly { pointer: string; detail: string }[];
    };
    return [`${status}: ${detail}`, ...errors.map((one) => `  ${one.pointer}: ${one.detail}`)].join(
      "\n",
    );
  } catch {
    return `refused (${status}): ${text.trim()}`;
  }
}

/** Sends the request itself, with a ticket: what the edge tells of it. */
async function live(at: Reached, { body, client }: Wanted): Promise<string> {
  if (at.edge === null)
    return fail("the planet's edge is not known here; run this where it was started", 1);
  const url = new URL(body.url);
  const issued = await post<{ ticket: string; version: number }>(at, "/v1/explain/tickets", {
    hostname: url.hostname,
  });
  const headers = {
    ...body.headers,
    host: url.host,
    [COLO_HEADER]: body.colo,
    ...(client === null ? {} : { [CLIENT_HEADER]: client }),
    [TICKET_HEADER]: issued.ticket,
  };
  const answer = await ask(at.edge + url.pathname + url.search, { method: body.method, headers });
  const told = answer.headers[TICKET_HEADER];
  return told === undefined
    ? `${answer.status}, and nothing was told: the colo may not have version ${issued.version} yet. Try again.`
    : JSON.stringify(JSON.parse(String(told)), null, 2);
}

const wanted = parseExplain(process.argv.slice(2));
if (!wanted.ok) fail(`${wanted.error}\n${USAGE}`, 2);
else if (wanted.value === "help") console.log(USAGE);
else {
  const at = reachPlanet(wanted.value.centralPort);
  if (!at.ok) fail(at.error.reason, at.error.isUsage ? 2 : 1);
  else if (wanted.value.live) console.log(await live(at.value, wanted.value));
  else {
    const told = await post<Answered>(at.value, "/v1/explain", wanted.value.body);
    console.log(wanted.value.json ? JSON.stringify(told, null, 2) : printed(told));
  }
}
