import { type ConformanceCase, type Exchange, prefixRule, route } from "./case.ts";
import { newId } from "./stage.ts";

/** A request that fails at the backend `succeedAfter` times before it is answered. */
const failing = (
  path: string,
  how: { code?: number; succeedAfter: number; delayMs?: number },
  status: number,
): Exchange => {
  const { code, succeedAfter, delayMs } = how;
  const asks = [
    `uuid=${newId()}`,
    `succeedAfter=${succeedAfter}`,
    ...(code === undefined ? [] : [`responseCode=${code}`]),
    ...(delayMs === undefined ? [] : [`delayRetry=${delayMs}`]),
  ];
  return { ask: `${path}?${asks.join("&")}`, status, ...(status === 200 ? { to: "v3" } : {}) };
};

const CODE_500 = "/retry/code-500-attempts-3";
const ALL_CODES = "/retry/code-all-attempts-2";
const CONNECTION = "/retry/no-status-code-attempts-3";
const TRY_TIMEOUT = "/retry/backend-request-timeout-200ms";
const BOTH_TIMEOUTS = "/retry/request-timeout-200ms";

export const TIME_CASES: readonly ConformanceCase[] = [
  {
    name: "HTTPRouteTimeoutRequest",
    routes: [
      route("request-timeout", [
        prefixRule("/request-timeout", "v1", { timeouts: { request: "500ms" } }),
        prefixRule("/disable-request-timeout", "v1", { timeouts: { request: "0s" } }),
      ]),
    ],
    exchanges: [
      { ask: "/request-timeout", to: "v1" },
      { ask: "/request-timeout?delay=1000", status: 504 },
      { ask: "/disable-request-timeout?delay=1000", to: "v1" },
    ],
  },
  {
    name: "HTTPRouteTimeoutBackendRequest",
    routes: [
      route("backend-request-timeout", [
        prefixRule("/backend-timeout", "v1", { timeouts: { backendRequest: "500ms" } }),
        prefixRule("/disable-backend-timeout", "v1", { timeouts: { backendRequest: "0s" } }),
      ]),
    ],
    exchanges: [
      { ask: "/backend-timeout", to: "v1" },
      { ask: "/backend-timeout?delay=1000", status: 504 },
      { ask: "/disable-backend-timeout?delay=1000", to: "v1" },
    ],
  },
  {
    name: "HTTPRouteRetry",
    routes: [
      route("retries", [
        prefixRule(CODE_500, "v3", { retry: { codes: [500], attempts: 3 } }),
        prefixRule(ALL_CODES, "v3", { retry: { codes: [500, 502, 503, 504], attempts: 2 } }),
      ]),
    ],
    exchanges: [
      failing(CODE_500, { code: 500, succeedAfter: 2 }, 200),
      failing(CODE_500, { code: 500, succeedAfter: 4 }, 500),
      failing(CODE_500, { code: 503, succeedAfter: 2 }, 503),
      ...[500, 502, 503, 504].flatMap((code) => [
        failing(ALL_CODES, { code, succeedAfter: 1 }, 200),
        failing(ALL_CODES, { code, succeedAfter: 3 }, code),
      ]),
    ],
  },
  {
    name: "HTTPRouteRetryConnectionError",
    differs:
      "Of the two statuses that upstream takes after the last reset, ours is 503 and never 500.",
    routes: [
      route("retries-connection-error", [prefixRule(CONNECTION, "v3", { retry: { attempts: 3 } })]),
    ],
    exchanges: [
      failing(CONNECTION, { succeedAfter: 2 }, 200),
      failing(CONNECTION, { succeedAfter: 4 }, 503),
    ],
  },
  {
    name: "HTTPRouteRetryWithTimeouts",
    routes: [
      route("retries-with-timeouts", [
        prefixRule(TRY_TIMEOUT, "v3", {
          retry: { attempts: 2 },
          timeouts: { backendRequest: "200ms" },
        }),
        prefixRule(BOTH_TIMEOUTS, "v3", {
          retry: { codes: [500], attempts: 5 },
          timeouts: { backendRequest: "200ms", request: "400ms" },
        }),
      ]),
    ],
    exchanges: [
      failing(TRY_TIMEOUT, { code: 500, succeedAfter: 2, delayMs: 300 }, 200),
      failing(TRY_TIMEOUT, { code: 500, succeedAfter: 3, delayMs: 300 }, 504),
      failing(BOTH_TIMEOUTS, { code: 500, succeedAfter: 1 }, 200),
      failing(BOTH_TIMEOUTS, { code: 500, succeedAfter: 4, delayMs: 100 }, 504),
    ],
  },
];
