/** How an operator gives an order that changes the table: why, whether to try it only, and whether past the guards. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { FreezePlace } from "../../../routing/guard/freeze.ts";
import { thawing } from "../../../routing/guard/freeze.ts";
import { type Objection, objectionText } from "../../../routing/guard/objections.ts";
import type { Guard } from "../../../routing/guard/orders.ts";
import { Refusal } from "../http/problem.ts";
import { type Central, type Env, parameter } from "../http/routes.ts";
import { askMeasured } from "../observe/measured.ts";
import { noteSchema } from "./schemas.ts";

const flag = (description: string) =>
  z.enum(["true", "false"]).default("false").openapi({ description });

export const orderQuery = noteSchema.extend({
  dry_run: flag("`true`: tells what would become of it, and changes nothing."),
  force: flag("`true`: past the guards. What they said is kept in the audit."),
});

/** An evacuation says why in its body. */
export const evacuationQuery = orderQuery.omit({ note: true }).extend({
  at_once: flag("`true`: in one step, and not a quarter every ten seconds."),
});

export interface Order {
  readonly note: string;
  readonly isDryRun: boolean;
  readonly force: boolean;
}

/** Errors: throws `Refusal` 400, and 423 when it would change something while the script's switch is turned. */
export function readOrder(c: Context<Env>, { ports, account }: Central): Order {
  const flagOf = (name: "dry_run" | "force") =>
    parameter(orderQuery.shape[name], name, c.req.query(name)) === "true";
  const note = parameter(orderQuery.shape.note, "note", c.req.query("note"));
  const order = { note, isDryRun: flagOf("dry_run"), force: flagOf("force") };
  if (!order.isDryRun && ports.isFrozen()) throw frozenRefusal(["script"], account);
  return order;
}

/** Who gives it, and what it is judged by. Cost: one call to each region. */
export async function byOperator(
  central: Central,
  { note, force }: Order,
): Promise<{ readonly actor: string; readonly note: string; readonly guard: Guard }> {
  return { actor: "operator", note, guard: { measured: await askMeasured(central), force } };
}

export const frozenRefusal = (by: readonly FreezePlace[], account: string): Refusal =>
  new Refusal(
    "frozen",
    `The configuration is frozen by ${by.join(", ")}; nothing was changed. ${thawing(by, account)}`,
    { members: { frozen: by } },
  );

const TOLD_MAX = 3;

export function guardedRefusal(objections: readonly Objection[]): Refusal {
  const told = objections.slice(0, TOLD_MAX).map(objectionText).join(" ");
  const rest = objections.length - TOLD_MAX;
  const more = rest > 0 ? ` ${rest} more are in objections.` : "";
  return new Refusal(
    "guarded",
    `Nothing was changed. ${told}${more} dry_run=true shows the whole forecast; force=true does it all the same.`,
    { members: { objections: objections.map(objectionAnswer) } },
  );
}

export const objectionAnswer = (objection: Objection) =>
  objection.guard === "no-endpoint"
    ? { ...objection, detail: objectionText(objection) }
    : {
        guard: objection.guard,
        pool: objection.pool,
        rps: objection.rps,
        capacity_rps: objection.capacityRps,
        utilization: objection.utilization,
        utilization_before: objection.before,
        detail: objectionText(objection),
      };
