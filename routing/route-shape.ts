/**
 * Whether a value has the shape of a route, field by field: what a reader at the edge asks before it believes a text
 * that was checked where it was written (`bounded-input`). Ranges and grammars are the writer's; here nothing may be
 * missing or of another type, so that nothing after this can throw.
 */
type Check = (value: unknown) => boolean;

/** Far above every limit of the type itself: only a broken writer gets here. */
const MEMBERS_MAX = 1_024;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => Number.isFinite(value);
const flag: Check = (value) => typeof value === "boolean";

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= MEMBERS_MAX && value.every(check);

/** Fields that are not named here are a newer writer's and are left alone. */
function object(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields);
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    checks.every(([field, check]) => check((value as Record<string, unknown>)[field]));
}

const path = object({ type: text, value: text });
const named = list(object({ type: text, name: text, value: text }));
const fields = list(object({ name: text, value: text }));
const headerChanges = object({ set: fields, add: fields, remove: list(text) });
const pathChange = optional(path);

/** Which of them is there follows from the kind; a kind that is not understood is treated as unknown. */
const target = object({
  kind: text,
  pool: optional(text),
  host: optional(text),
  reference: optional(text),
});

const filters = object({
  requestHeaders: optional(headerChanges),
  responseHeaders: optional(headerChanges),
  redirect: optional(
    object({
      scheme: optional(text),
      hostname: optional(text),
      port: optional(number),
      path: pathChange,
      statusCode: number,
    }),
  ),
  rewrite: optional(object({ hostname: optional(text), path: pathChange })),
  cors: optional(
    object({
      allowOrigins: list(text),
      allowMethods: list(text),
      allowHeaders: list(text),
      exposeHeaders: list(text),
      allowCredentials: flag,
      maxAgeSeconds: number,
    }),
  ),
  mirrors: list(object({ target, ratio: number })),
});

const rule = object({
  name: optional(text),
  matches: list(object({ path, headers: named, query: named, method: optional(text) })),
  filters,
  backends: list(object({ target, weight: number, filters })),
  timeouts: object({ requestMs: optional(number), backendRequestMs: optional(number) }),
  retry: optional(object({ codes: list(number), attempts: number, backoffMs: number })),
});

const route = object({
  id: text,
  namespace: text,
  name: text,
  createdAtMs: number,
  hostnames: list(text),
  rules: list(rule),
});

export const isRoute: Check = (value) => route(value);
