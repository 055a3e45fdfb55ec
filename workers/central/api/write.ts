/** What `PUT /v1/config` and a restore share: the state they want to meet, and how they end. */
import type { Context } from "hono";
import type { Outlook } from "../../../routing/guard/orders.ts";
import { assertNever, type Result } from "../../../routing/result.ts";
import type { Accepted, ConfigObject } from "../../config-object.ts";
import { askConfig } from "../http/ask.ts";
import { type Precondition, quoted } from "../http/preconditions.ts";
import { Refusal } from "../http/problem.ts";
import type { Central, Env } from "../http/routes.ts";
import { pokeLedgers } from "../sync/wake.ts";
import { previewAnswer } from "./guard-answers.ts";
import { frozenRefusal, guardedRefusal } from "./order.ts";

/**
 * The one tag to compare with at the moment of writing. Only a list or a star costs a read; the store still
 * compares, so a change between the read and the write is refused and never lost.
 *
 * Errors: throws `Refusal` 412.
 */
export async function expectedEtag(
  central: Central,
  precondition: Precondition,
): Promise<{ readonly expected?: string }> {
  switch (precondition.wants) {
    case "anything":
      return {};
    case "nothing":
      return { expected: "" };
    case "one-of":
      if (precondition.tags.length === 1) return { expected: precondition.tags[0] ?? "" };
      break;
    case "something":
      break;
    default:
      return assertNever(precondition);
  }
  const nothingChanged = "Nothing was changed; send it again.";
  const current = await askConfig(central, (config) => config.current(), nothingChanged);
  const isMet =
    precondition.wants === "something" || precondition.tags.includes(current?.etag ?? "");
  if (current !== null && isMet) return { expected: current.etag };
  const wanted =
    precondition.wants === "something" ? "*" : precondition.tags.map(quoted).join(", ");
  throw staleRefusal(wanted, tagOrNone(current?.etag ?? ""));
}

type WriteRefusal = Extract<Awaited<ReturnType<ConfigObject["restore"]>>, { ok: false }>["error"];

/**
 * Zones that are kept in step look soon. `isNew` = the write made something that was not there; without it, the first version did.
 *
 * Errors: throws the `Refusal` that the store's refusal is told by.
 */
export function accept(
  c: Context<Env>,
  { ports, account }: Pick<Central, "ports" | "account">,
  result: Result<Accepted, WriteRefusal>,
  isNew?: boolean,
): Response {
  if (!result.ok) throw refusalOf(result.error, account);
  ports.later(pokeLedgers({ ports, account }));
  const { version, etag, warnings } = result.value;
  const headers = { etag: quoted(etag), location: `/v1/versions/${version}` };
  return c.json(
    { version, etag: quoted(etag), warnings },
    (isNew ?? version === 1) ? 201 : 200,
    headers,
  );
}

function refusalOf(refusal: WriteRefusal, account: string): Refusal {
  switch (refusal.reason) {
    case "invalid":
      return new Refusal(
        "invalid",
        `The document has ${refusal.problems.length} problem(s); nothing was stored. Each is in errors with its place.`,
        { members: { errors: refusal.problems } },
      );
    case "stale":
      return staleRefusal(tagOrNone(refusal.expected), tagOrNone(refusal.current));
    case "hostname-taken":
      return new Refusal(
        "hostname-taken",
        `Nothing was stored: ${refusal.hostnames.join(", ")} belong(s) to another account. Remove it here or release it there.`,
        { members: { hostnames: refusal.hostnames } },
      );
    case "guarded":
      return guardedRefusal(refusal.objections);
    case "frozen":
      return frozenRefusal(refusal.by, account);
    case "unknown-version":
      return new Refusal(
        "not-found",
        "There is no such version, or it is no longer kept. GET /v1/versions lists those that are.",
      );
    default:
      return assertNever(refusal);
  }
}

/**
 * What a dry run tells.
 *
 * Errors: throws the `Refusal` that the store's refusal is told by.
 */
export function previewed(
  c: Context<Env>,
  { account }: Central,
  result: Result<Outlook, WriteRefusal>,
): Response {
  if (!result.ok) throw refusalOf(result.error, account);
  return c.json(previewAnswer(result.value));
}

export const tagOrNone = (etag: string): string | null => (etag === "" ? null : quoted(etag));

/** Both as in `If-Match`; `null` stands for "no configuration yet". */
export function staleRefusal(expected: string | null, current: string | null): Refusal {
  const wanted = expected ?? "no configuration yet";
  return new Refusal(
    "stale",
    `You expected ${wanted}, but found ${current ?? "none"}; nothing was stored. GET /v1/config, merge, and send it with its ETag.`,
    { members: { expected, current } },
  );
}
