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
