/** What any rule can see of a request: made once per request, before anything is matched. */
export interface RequestFacts {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** Lower case, without a port. */
  readonly host: string;
  /** The one in the Host header; absent = the scheme's own. */
  readonly port?: number | undefined;
  /** From the first slash, normalised as it is forwarded, without the query. */
  readonly path: string;
  /** Without the question mark; "" = none. */
  readonly query: string;
  /** Lower-case names; several fields of one name are joined as the platform hands them over. */
  readonly headers: Readonly<Record<string, string>>;
  /** "" = unknown. */
  readonly clientIp: string;
  readonly country?: string | undefined;
  readonly continent?: string | undefined;
  readonly asn?: number | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly colo: string;
  readonly coloRegion?: string | undefined;
}

/**
 * A request's target, from its first slash on, as the rules see it: the path as fetch will write it, because a rule for
 * /admin must not be passed by /x/%2e%2e/admin.
 */
export function readTarget(target: string): Pick<RequestFacts, "path" | "query"> {
  // The name is any, the rest decides.
  const { pathname, search } = new URL(`http://any${target}`);
  return { path: pathname, query: search.slice(1) };
}
