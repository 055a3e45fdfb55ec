/** `null` means absent: it resets a field to its default, in the vendor's API as in Kubernetes. */
type Body = Readonly<Record<string, unknown>>;

/** Fields at every depth. The `null` members of a list stay, because the places of the others count. */
export const withoutNulls = (body: Body): Body =>
  Object.fromEntries(
    Object.entries(body).flatMap(([field, value]) =>
      value === null ? [] : [[field, clean(value)]],
    ),
  );

function clean(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? value.map(clean) : withoutNulls(value as Body);
}

/** As `withoutNulls`, but for one map whose keys say something by themselves: there `null` is `value`. */
export function withoutNullsBut(body: Body, map: string, value: unknown): Body {
  const found = body[map];
  if (typeof found !== "object" || found === null || Array.isArray(found))
    return withoutNulls(body);
  const named = Object.entries(found).map(([key, member]) => [key, member ?? value]);
  return withoutNulls({ ...body, [map]: Object.fromEntries(named) });
}
