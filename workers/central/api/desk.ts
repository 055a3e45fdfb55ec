/** `/v1/desk`: the events that somebody has taken note of. */
import type { Context } from "hono";
import type { Acknowledgement } from "../../ports.ts";
import { askDesk } from "../http/ask.ts";
import { checkedBody } from "../http/checked.ts";
import { type App, type Central, type Env, refusals, serve } from "../http/routes.ts";
import { deskBodySchema, deskRequest, deskSchema, rfc3339 } from "./schemas.ts";

export function deskRoutes(app: App, central: Central): void {
  serve(app, getDesk, async (c) => answer(c, await askDesk(central, (desk) => desk.read())));
  serve(app, putDesk, (c) => acknowledge(c, central));
}

const getDesk = {
  method: "get",
  path: "/v1/desk",
  operationId: "getDesk",
  summary: "The acknowledged events, oldest note first",
  responses: {
    200: { description: "The desk; the newest 1,000 notes are kept.", content: deskSchema },
    ...refusals("unauthorized", "unreachable"),
  },
} as const;

const putDesk = {
  method: "put",
  path: "/v1/desk",
  operationId: "putDesk",
  summary: "Acknowledges events",
  description:
    "Sets every event listed to acknowledged. What was acknowledged stays so, with its first note.",
  request: { body: { required: true, content: deskRequest } },
  responses: {
    200: { description: "The desk afterwards.", content: deskSchema },
    ...refusals("malformed", "unauthorized", "too-large", "wrong-type", "invalid", "unreachable"),
  },
} as const;

async function acknowledge(c: Context<Env>, central: Central): Promise<Response> {
  const body = await checkedBody(c.req.raw, deskBodySchema, "The desk was not changed.");
  const events = body.acknowledged.map(({ event }) => event);
  const state = await askDesk(central, (desk) => desk.acknowledge(events, "operator"));
  return answer(c, state);
}

const answer = (
  c: Context<Env>,
  { acknowledged }: { readonly acknowledged: readonly Acknowledgement[] },
): Response =>
  c.json({ acknowledged: acknowledged.map((note) => ({ ...note, at: rfc3339(note.at) })) });
