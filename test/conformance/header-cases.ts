import { expect } from "vitest";
import { type ConformanceCase, type Exchange, filterRule, prefixRule, route, to } from "./case.ts";
import { echoOf } from "./stage.ts";

const field = (name: string, value: string) => ({ name, value });
const modifier = (kind: "Request" | "Response", changes: object) => ({
  type: `${kind}HeaderModifier`,
  [kind === "Request" ? "requestHeaderModifier" : "responseHeaderModifier"]: changes,
});

/** The changes of upstream's five paths, the same for both directions. */
const CHANGES: Readonly<Record<string, object>> = {
  "/set": { set: [field("X-Header-Set", "set-overwrites-values")] },
  "/add": { add: [field("X-Header-Add", "add-appends-values")] },
  "/remove": { remove: ["X-Header-Remove"] },
  "/multiple": {
    set: [field("X-Header-Set-1", "header-set-1"), field("X-Header-Set-2", "header-set-2")],
    add: [
      field("X-Header-Add-1", "header-add-1"),
      field("X-Header-Add-2", "header-add-2"),
      field("X-Header-Add-3", "header-add-3"),
    ],
    remove: ["X-Header-Remove-1", "X-Header-Remove-2"],
  },
  "/case-insensitivity": {
    set: [field("X-Header-Set", "header-set")],
    add: [field("X-Header-Add", "header-add")],
    remove: ["X-Header-Remove"],
  },
};

interface Row {
  readonly path: string;
  readonly sent: Readonly<Record<string, string>>;
  readonly become: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    path: "/set",
    sent: { "Some-Other-Header": "val" },
    become: { "Some-Other-Header": "val", "X-Header-Set": "set-overwrites-values" },
  },
  {
    path: "/set",
    sent: { "Some-Other-Header": "val", "X-Header-Set": "some-other-value" },
    become: { "Some-Other-Header": "val", "X-Header-Set": "set-overwrites-values" },
  },
  {
    path: "/add",
    sent: { "Some-Other-Header": "val" },
    become: { "Some-Other-Header": "val", "X-Header-Add": "add-appends-values" },
  },
  {
    path: "/add",
    sent: { "Some-Other-Header": "val", "X-Header-Add": "some-other-value" },
    become: { "Some-Other-Header": "val", "X-Header-Add": "some-other-value,add-appends-values" },
  },
  { path: "/remove", sent: { "X-Header-Remove": "val" }, become: {}, absent: ["X-Header-Remove"] },
  {
    path: "/multiple",
    sent: {
      "X-Header-Set-2": "set-val-2",
      "X-Header-Add-2": "add-val-2",
      "X-Header-Remove-2": "remove-val-2",
      "Another-Header": "another-header-val",
    },
    become: {
      "X-Header-Set-1": "header-set-1",
      "X-Header-Set-2": "header-set-2",
      "X-Header-Add-1": "header-add-1",
      "X-Header-Add-2": "add-val-2,header-add-2",
      "X-Header-Add-3": "header-add-3",
      "Another-Header": "another-header-val",
    },
    absent: ["X-Header-Remove-1", "X-Header-Remove-2"],
  },
  {
    path: "/case-insensitivity",
    sent: {
      "x-header-set": "original-val-set",
      "x-header-add": "original-val-add",
      "x-header-remove": "original-val-remove",
      "Another-Header": "another-header-val",
    },
    become: {
      "X-Header-Set": "header-set",
      "X-Header-Add": "original-val-add,header-add",
      "Another-Header": "another-header-val",
    },
    absent: ["X-Header-Remove"],
  },
];

const ofRequests: readonly Exchange[] = ROWS.map(({ path, sent, become, absent = [] }) => ({
  ask: path,
  headers: sent,
  to: "v1",
  seen: { target: path, headers: become, absent },
}));

/** The headers of the case that changes both directions in one rule; other cases put it beside their own filter. */
export const BOTH_CHANGES = modifier("Request", {
  set: [field("X-Header-Set", "set-overwrites-values")],
  add: [field("X-Header-Add", "header-val-1"), field("X-Header-Add-Append", "header-val-2")],
  remove: ["X-Header-Remove"],
});
export const BOTH_SENT = { "X-Header-Remove": "remove-val", "X-Header-Add-Append": "append-val-1" };
export const BOTH_SEEN = {
  headers: {
    "X-Header-Add": "header-val-1",
    "X-Header-Add-Append": "append-val-1,header-val-2",
    "X-Header-Set": "set-overwrites-values",
  },
  absent: ["X-Header-Remove"],
};

const MIXED_CASE = {
  set: [field("X-Header-Set", "header-set")],
  add: [
    field("X-Header-Add", "header-add"),
    field("x-lowercase-add", "lowercase-add"),
    field("x-Mixedcase-ADD-1", "mixedcase-add-1"),
    field("X-mixeDcase-add-2", "mixedcase-add-2"),
    field("X-UPPERCASE-ADD", "uppercase-add"),
  ],
  remove: ["X-Header-Remove"],
};
const MIXED_CASE_ANSWERED = {
  "X-Lowercase-Add": "lowercase-add",
  "X-Mixedcase-Add-1": "mixedcase-add-1",
  "X-Mixedcase-Add-2": "mixedcase-add-2",
  "X-Uppercase-Add": "uppercase-add",
};

const setBackend = (name: string) =>
  to(name, {
    weight: 10,
    filters: [modifier("Request", { set: [field("Backend", name)] })],
  });

export const HEADER_CASES: readonly ConformanceCase[] = [
  {
    name: "HTTPRouteRequestHeaderModifier",
    routes: [
      route(
        "request-header-modifier",
        Object.entries(CHANGES).map(([path, changes]) =>
          filterRule(path, [modifier("Request", changes)], "v1"),
        ),
      ),
    ],
    exchanges: ofRequests,
  },
  {
    name: "HTTPRouteBackendRequestHeaderModifier",
    routes: [
      route(
        "request-header-modifier-backend",
        Object.entries(CHANGES).map(([path, changes]) =>
          prefixRule(path, to("v1", { filters: [modifier("Request", changes)] })),
        ),
      ),
    ],
    exchanges: ofRequests,
  },
  {
    name: "HTTPRouteRequestHeaderModifierBackendWeights",
    routes: [route("backend-weights", [{ backendRefs: [setBackend("v1"), setBackend("v2")] }])],
    exchanges: [],
    check: async ({ gateway, get }) => {
      for (let count = 0; count < 100; count += 1) {
        const { backend, headers } = echoOf(await get(gateway, "/"));
        expect(headers["backend"]).toBe(backend);
      }
    },
  },
  {
    name: "HTTPRouteResponseHeaderModifier",
    routes: [
      route("response-header-modifier", [
        ...Object.entries({ ...CHANGES, "/case-insensitivity": MIXED_CASE }).map(
          ([path, changes]) => filterRule(path, [modifier("Response", changes)], "v1"),
        ),
        filterRule(
          "/both-directions",
          [modifier("Response", CHANGES["/multiple"] ?? {}), BOTH_CHANGES],
          "v1",
        ),
      ]),
    ],
    exchanges: [
      ...ROWS.map(
        ({ path, sent, become, absent = [] }): Exchange => ({
          ask: path,
          backendSets: sent,
          to: "v1",
          answered: path === "/case-insensitivity" ? { ...become, ...MIXED_CASE_ANSWERED } : become,
          absent,
        }),
      ),
      {
        ask: "/both-directions",
        headers: { ...BOTH_SENT, "X-Header-Echo": "echo" },
        backendSets: {
          ...ROWS[5]?.sent,
          "X-Header-Remove-1": "remove-val-1",
          "X-Header-Echo": "echo",
        },
        to: "v1",
        seen: { ...BOTH_SEEN, headers: { ...BOTH_SEEN.headers, "X-Header-Echo": "echo" } },
        answered: { ...ROWS[5]?.become, "X-Header-Echo": "echo" },
        absent: ["X-Header-Remove-1", "X-Header-Remove-2"],
      },
    ],
  },
];
