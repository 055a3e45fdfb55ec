/** The central script of the local planet: the product's API, and beside it the faults and the distances. */
import { DEFAULT_ACCOUNT, deskObject } from "../../routing/names.ts";
import { createCentral } from "../../workers/central/app.ts";
import { OperatorDesk as ProductDesk } from "../../workers/central/desk/operator-desk.ts";
import { TicketSigner as ProductSigner } from "../../workers/central/explain/ticket-signer.ts";
import { type CentralEnv, centralPorts } from "../../workers/central/platform.ts";
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
  await resetDesk(command.value, env);
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

async function resetDesk(command: Command, env: LocalEnv): Promise<void> {
  if (command.do !== "inject" || !["stop", "abort"].includes(command.fault.mode)) return;
  if (!["desk", "all-objects"].includes(command.fault.target)) return;
  const desk = env.OPERATOR_DESK.getByName(deskObject(DEFAULT_ACCOUNT)) as unknown as Resettable;
  await desk.reset().catch(() => {});
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
