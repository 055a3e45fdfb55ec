/** Broken documents of routes that each are within every limit of one route, and together are not. */
import {
  HOST_INPUT_CHARACTERS_MAX,
  HOST_PATTERNS_MAX,
  MATCHES_PER_PATH_MAX,
  PATTERNS_MAX,
} from "../../../routing/limits.ts";
import type { BrokenDocument } from "./broken-documents.ts";
import { manifest, prefix } from "./broken-routes.ts";

const pattern = (at: number, length = 8) => ({
  path: { type: "RegularExpression", value: `/${String(at).padStart(length - 1, "a")}` },
});

export const brokenRouteSets = (): readonly BrokenDocument[] => {
  const routes = (count: number, hostname: string, match: (at: number) => object) =>
    Array.from({ length: Math.ceil(count / 64) }, (_, route) =>
      manifest(`${hostname.replace("*", "any")}-${route}`, {
        hostnames: [hostname],
        rules: [
          {
            matches: Array.from({ length: Math.min(64, count - route * 64) }, (_, at) =>
              match(route * 64 + at),
            ),
          },
        ],
      }),
    );
  const tooMuch = Math.ceil(HOST_INPUT_CHARACTERS_MAX / 256) + 1;
  const exact = { path: { type: "Exact", value: "/a" } };
  return [
    {
      name: "rule:patterns-per-host",
      document: { http_routes: routes(HOST_PATTERNS_MAX + 1, "a.example", (at) => pattern(at)) },
      pointer: "/http_routes/0",
      value: HOST_PATTERNS_MAX + 1,
      range: `0..${HOST_PATTERNS_MAX} patterns a host`,
    },
    {
      name: "patterns-per-host, half of them by a wildcard",
      document: {
        http_routes: [
          ...routes(HOST_PATTERNS_MAX, "*.example", (at) => pattern(at)),
          ...routes(1, "a.b.example", (at) => pattern(at)),
        ],
      },
      pointer: "/http_routes/4",
      value: HOST_PATTERNS_MAX + 1,
      range: `0..${HOST_PATTERNS_MAX} patterns a host`,
    },
    {
      name: "rule:input-per-host",
      document: { http_routes: routes(tooMuch, "a.example", (at) => pattern(at, 256)) },
      pointer: "/http_routes/0",
      value: tooMuch * 256,
      range: `0..${HOST_INPUT_CHARACTERS_MAX} characters of expressions and patterns a host`,
    },
    {
      name: "rule:patterns-in-all",
      document: {
        http_routes: Array.from({ length: PATTERNS_MAX / 100 + 1 }, (_, host) =>
          routes(100, `h${host}.example`, (at) => pattern(host * 100 + at)),
        ).flat(),
      },
      pointer: "/http_routes",
      value: PATTERNS_MAX + 100,
      range: `0..${PATTERNS_MAX} patterns`,
    },
    {
      name: "rule:route-matches-per-path",
      document: {
        http_routes: routes(MATCHES_PER_PATH_MAX + 1, "a.example", (at) => ({
          ...exact,
          headers: [{ name: "X-A", value: String(at) }],
        })),
      },
      pointer: "/http_routes/1/spec/rules/0/matches/0",
      value: "/a",
      range: `1..${MATCHES_PER_PATH_MAX} matches of one path on one host`,
    },
    {
      name: "route-matches-per-path, with and without a slash at the end of a prefix",
      document: {
        http_routes: routes(MATCHES_PER_PATH_MAX + 1, "a.example", (at) =>
          prefix(at % 2 === 0 ? "/a" : "/a/"),
        ),
      },
      pointer: "/http_routes/1/spec/rules/0/matches/0",
      value: "/a",
      range: `1..${MATCHES_PER_PATH_MAX} matches of one path on one host`,
    },
  ];
};
