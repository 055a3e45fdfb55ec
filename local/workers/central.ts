/** The central script of the local planet: the product's API, and beside it the faults and the distances. */
import { configObject, DEFAULT_ACCOUNT, deskObject, ledgerObject } from "../../routing/names.ts";
import { createCentral } from "../../workers/central/app.ts";
import { OperatorDesk as ProductDesk } from "../../workers/central/desk/operator-desk.ts";
import { TicketSigner as ProductSigner } from "../../workers/central/explain/ticket-signer.ts";
import { type CentralEnv, centralPorts } from "../../workers/central/platform.ts";
import { SyncLedger as ProductLedger } from "../../workers/central/sync/sync-ledger.ts";
import { Watchdog as ProductWatchdog } from "../../workers/central/watch/watchdog-object.ts";
import type { ConfigObject } from "../../workers/config-object.ts";
import { type Command, parseCommand } from "../faults.ts";
import { Board } from "./board.ts";
import { gated, type Resettable } from "./gated.ts";
import type { NetworkControl } from "./host.ts";
import type { Gate } from "./state.ts";

interface LocalEnv extends CentralEnv {
  readonly TRADEWIND_API_TOKEN: string;
  readonly NETWORK: NetworkControl;
  readonly STATE: Pick<Gate, "apply">;
  /** The planet's own process: it starts and kills demo origins. */
  readonly ORIGINS: Fetcher;
}

const board = new Board();

export class OperatorDesk extends gated(board, ProductDesk) {}
export class TicketSigner extends gated(board, ProductSigner) {}
export class SyncLedger extends gated(board, ProductLedger) {}
export class Watchdog extends gated(board, ProductWatchdog) {}

let app: ReturnType<typeof createCentral> | undefined;

export default {
  async fetch(request: Request, env: LocalEnv): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/faults" || pathname === "/v1/rtt") return local(pathname, request, env);
    app ??= createCentral(centralPorts(env));
    const response = await app.fetch(request);
    // An accepted change may have moved addresses: the network reads where they stand now.
    if (request.method !== "GET" && response.ok) await readConfig(env);
    return response;
  },
};

/** Without the store the network keeps what it knows. */
const readConfig = (env: LocalEnv) => env.NETWORK.readConfig().catch(() => {});

async function local(pathname: string, request: Request, env: LocalEnv): Promise<Response> {
  if (request.headers.get("authorization") !== `Bearer ${env.TRADEWIND_API_TOKEN}`) {
    return problem(401, "Send Authorization: Bearer and the token that the planet printed.");
  }
  if (pathname === "/v1/rtt") {
    await readConfig(env);
    return Response.json({ round_trips: await env.NETWORK.rtt() });
  }
  if (request.method === "POST") {
    const refused = await change(await request.text(), env);
    if (refused !== null) return problem(422, refused);
  }
  return Response.json({ faults: await env.NETWORK.faults() });
}

/** The body is the words of the command line: `{"words": ["region", "weur", "stop"]}`. Answers why not. */
async function change(body: string, env: LocalEnv): Promise<string | null> {
  const words = wordsOf(body);
  if (words === null) return 'The body is {"words": ["region", "weur", "stop"]}.';
  const command = parseCommand(words);
  if (!command.ok) return command.error;
  const refused = await applyToOrigins(command.value, env);
  if (refused !== null) return refused;
  const nowMs = Date.now();
  board.apply(command.value, nowMs);
  await resetObjects(command.value, env);
  await env.STATE.apply(command.value, nowMs);
  await env.NETWORK.apply(command.value, nowMs);
  return null;
}

function wordsOf(body: string): string[] | null {
  try {
    const { words } = JSON.parse(body) as { words?: unknown };
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : null;
  } catch {
    return null;
  }
}

async function resetObjects(command: Command, env: LocalEnv): Promise<void> {
  if (command.do !== "inject" || !["stop", "abort"].includes(command.fault.mode)) return;
  const { target } = command.fault;
  const isAll = target === "all-objects";
  const ledgers = isAll || target === "ledger" ? await zonesOf(env) : [];
  const objects = [
    ...(isAll || target === "desk"
      ? [env.OPERATOR_DESK.getByName(deskObject(DEFAULT_ACCOUNT))]
      : []),
    ...ledgers.map((zone) => env.SYNC_LEDGER.getByName(ledgerObject(DEFAULT_ACCOUNT, zone))),
  ] as unknown as readonly Resettable[];
  await Promise.allSettled(objects.map((object) => object.reset()));
}

/** Of a store that is out nothing is reset: its ledgers know no zone either. */
async function zonesOf({ CONFIG_STORE }: LocalEnv): Promise<readonly string[]> {
  const store = CONFIG_STORE.getByName(configObject(DEFAULT_ACCOUNT)) as unknown as ConfigObject;
  return await store.syncedZones().catch(() => []);
}

async function applyToOrigins(command: Command, { ORIGINS }: LocalEnv): Promise<string | null> {
  const target = command.do === "heal" ? command.target : command.fault.target;
  const [kind, name = ""] = (target ?? "origin").split(" ");
  if (kind !== "origin") return null;
  const action = command.do === "heal" ? "heal" : "stop";
  const answer = await ORIGINS.fetch(`http://origins/${name}/${action}`, { method: "POST" });
  return answer.ok ? null : await answer.text();
}

function problem(status: number, detail: string): Response {
  const body = { type: "about:blank", title: "Refused", status, detail };
  return Response.json(body, { status, headers: { "content-type": "application/problem+json" } });
}
