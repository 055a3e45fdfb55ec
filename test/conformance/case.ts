/** What a conformance case is: manifests, and requests with what must become of each. */
import type { CaseName } from "./list.ts";
import type { Stage } from "./stage.ts";

export type Backend = "v1" | "v2" | "v3";

export interface Exchange {
  /** `METHOD /target`, the method GET when absent. */
  readonly ask: string;
  /** The gateway's own when absent. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the backend answers with in addition. */
  readonly backendSets?: Readonly<Record<string, string>>;
  /** The backend that must have answered. */
  readonly to?: Backend;
  /** 200 when absent; one of several. */
  readonly status?: number | readonly number[];
  /** The whole header; `GATEWAY` in it stands for the gateway's hostname. */
  readonly location?: string;
  /** What the backend must have seen; `host` is what it was told that the visitor asked for. */
  readonly seen?: {
    readonly target?: string;
    readonly host?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly absent?: readonly string[];
  };
  /** Headers of the answer, one of several; spaces do not count. */
  readonly answered?: Readonly<Record<string, string | readonly string[]>>;
  readonly absent?: readonly string[];
  /** Backends that must have got a copy too. */
  readonly mirrored?: readonly Backend[];
}

export interface ConformanceCase {
  readonly name: CaseName;
  /** HTTPRoute manifests. Those without hostnames attach to the case's gateway, which is a hostname here. */
  readonly routes: readonly Manifest[];
  /** Where the answer here is another than upstream's, and why. */
  readonly differs?: string;
  readonly exchanges: readonly Exchange[];
  /** What no single exchange can show. */
  readonly check?: (stage: Stage) => Promise<void>;
}

export interface Manifest {
  readonly name: string;
  readonly hostnames?: readonly string[];
  readonly rules: readonly object[];
}

export const route = (
  name: string,
  rules: readonly object[],
  hostnames?: readonly string[],
): Manifest => ({ name, rules, ...(hostnames === undefined ? {} : { hostnames }) });

export const to = (name: string, more: object = {}) => ({ name, port: 8080, ...more });

/** A rule with one backend for one match of a path. */
export const prefixRule = (value: string, backend: string | object, more: object = {}) => ({
  matches: [{ path: { type: "PathPrefix", value } }],
  backendRefs: [typeof backend === "string" ? to(backend) : backend],
  ...more,
});

/** A rule for a path that only filters. */
export const filterRule = (value: string, filters: readonly object[], backend?: string) => ({
  matches: [{ path: { type: "PathPrefix", value } }],
  filters,
  ...(backend === undefined ? {} : { backendRefs: [to(backend)] }),
});

export const redirect = (requestRedirect: object) => ({
  type: "RequestRedirect",
  requestRedirect,
});
export const rewrite = (urlRewrite: object) => ({ type: "URLRewrite", urlRewrite });
export const prefixMatch = (replacePrefixMatch: string) => ({
  path: { type: "ReplacePrefixMatch", replacePrefixMatch },
});
export const fullPath = (replaceFullPath: string) => ({
  path: { type: "ReplaceFullPath", replaceFullPath },
});
export const mirrorTo = (name: string, more: object = {}) => ({
  type: "RequestMirror",
  requestMirror: { backendRef: { name, namespace: "infra" }, ...more },
});
