/** The entry checks of a ConfigStore's messages. The document itself is for the parser to judge. */
import { isPublicKey } from "../../routing/explain/ticket.ts";
import type { Measured } from "../../routing/guard/measured.ts";
import type { By, EvacuationOrder } from "../../routing/guard/orders.ts";
import { TARGET_KINDS } from "../../routing/guard/places.ts";
import { ENDPOINTS_MAX } from "../../routing/limits.ts";
import { REGIONS } from "../../routing/names.ts";
import { amount, BadArgument, list, record, text } from "../arguments.ts";
import { CELLS_MAX } from "../region/counters.ts";

const NOTE_CHARACTERS_MAX = 2_000;

export function checkBy(by: By & { readonly expected?: string }): void {
  record("by", by, 16);
  text("actor", by.actor);
  text("note", by.note, NOTE_CHARACTERS_MAX);
  if (by.expected !== undefined) text("expected", by.expected);
  if (by.guard !== undefined) checkMeasured(by.guard.measured);
}

/** As wide as eight regions can make it. */
export function checkMeasured({ hosts, endpoints, down, missing }: Measured): void {
  for (const { host, colo, rps, pools } of list("hosts", hosts, DEMANDS_MAX) as Measured["hosts"]) {
    text("host", host);
    text("colo", colo, 8);
    amount("rps", rps);
    record("pools", pools, ENDPOINTS_MAX);
  }
  for (const rps of Object.values(record("endpoints", endpoints, DEMANDS_MAX))) amount("rps", rps);
  list("down", down, ENDPOINTS_MAX);
  list("missing", missing, REGIONS.length);
}

const DEMANDS_MAX = REGIONS.length * CELLS_MAX;

export function checkOrder(order: EvacuationOrder): void {
  checkBy(order);
  const { kind, name } = order.target;
  if (!TARGET_KINDS.includes(kind)) throw new BadArgument("kind", TARGET_KINDS.join(" or "), kind);
  text("name", name);
}

export function checkKey(key: unknown): void {
  if (!isPublicKey(key)) throw new BadArgument("key", "43 characters of base64url", key);
}
