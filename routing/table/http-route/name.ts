/** What a route is called: its place in Kubernetes' namespaces, and its id as Kubernetes writes one. */

/** `namespace/name`; "" when the manifest names none. */
export function routeName(metadata: {
  readonly name?: unknown;
  readonly namespace?: unknown;
}): string {
  const { name, namespace = "default" } = metadata;
  return typeof name === "string" && typeof namespace === "string" ? `${namespace}/${name}` : "";
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The id that `metadata.uid` stands for. Anything but a UUID is somebody else's and is ignored. */
export const idOfUid = (uid: unknown): string | undefined =>
  typeof uid === "string" && UUID.test(uid) ? uid.replaceAll("-", "") : undefined;

/** Range: 32 lower-case hex characters. */
export const uidOfId = (id: string): string =>
  [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join("-");
