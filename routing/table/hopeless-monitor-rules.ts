/** Monitors that no endpoint could ever satisfy: told before they call everything down. */
import { type ExpectedCodes, isExpected, parseExpectedCodes } from "../health/expected-codes.ts";
import { perMonitor } from "./per-monitor.ts";
import { type Problem, pointTo } from "./problem.ts";
import type { Rule } from "./rule.ts";

const codesOf = (text: string): ExpectedCodes | null => {
  const parsed = parseExpectedCodes(text.toLowerCase() || "200");
  return parsed.ok ? parsed.value : null;
};

const FINAL = Array.from({ length: 400 }, (_, at) => 200 + at);
const REDIRECTS = [301, 302, 303, 307, 308];
const BODILESS = [204, 205, 304];

const isAnyOf = (codes: ExpectedCodes, wanted: readonly number[]): boolean =>
  wanted.some((code) => isExpected(codes, code));

const codesCanCome = perMonitor("expected-codes-can-come", (monitor) => {
  const { expected_codes = "", follow_redirects = false } = monitor;
  const codes = codesOf(expected_codes);
  if (codes === null) return [];
  const coming = follow_redirects ? FINAL.filter((code) => !REDIRECTS.includes(code)) : FINAL;
  if (isAnyOf(codes, coming)) return [];
  const why = isAnyOf(codes, FINAL)
    ? "a redirect is followed and never the last answer: add the code of what it leads to, or take follow_redirects away"
    : "an answer of 1xx is not the last one: add a code from 200 on";
  const detail = `No probe can end with ${expected_codes}: ${why}.`;
  const range = "codes that a last answer can have";
  return [{ pointer: "/expected_codes", detail, value: expected_codes, range }];
});

const textCanCome = perMonitor("expected-body-can-come", (monitor) => {
  const { method, expected_body = "", expected_codes = "", type } = monitor;
  const codes = codesOf(expected_codes);
  if (expected_body === "" || type === "tcp" || codes === null) return [];
  const isBodiless = !isAnyOf(
    codes,
    FINAL.filter((code) => !BODILESS.includes(code)),
  );
  if (method !== "HEAD" && !isBodiless) return [];
  const why = method === "HEAD" ? "of HEAD" : `with the codes ${expected_codes}`;
  const detail = `An answer ${why} has no body, so the text can never be found.`;
  return [{ pointer: "/expected_body", detail, value: expected_body, range: "empty or absent" }];
});

/** A field that would be stored and not obeyed misleads. */
const tcpAsksNothing = perMonitor("tcp-monitor-asks-nothing", (monitor) => {
  if (monitor.type !== "tcp") return [];
  const asked: readonly (readonly [field: string, value: unknown, isAsked: boolean])[] = [
    ["path", monitor.path, (monitor.path ?? "/") !== "/"],
    ["expected_codes", monitor.expected_codes, !["", "200"].includes(monitor.expected_codes ?? "")],
    ["expected_body", monitor.expected_body, (monitor.expected_body ?? "") !== ""],
    ["header", monitor.header, Object.keys(monitor.header ?? {}).length > 0],
    ["follow_redirects", monitor.follow_redirects, monitor.follow_redirects === true],
  ];
  return asked
    .filter(([, , isAsked]) => isAsked)
    .map(([field, value]) => ({
      pointer: pointTo("", field),
      detail: `A probe of type tcp opens a connection and asks nothing: remove ${field}, or write type http or https.`,
      value,
      range: "the default or absent",
    }));
});

/** Closed to Workers: https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/ */
const SMTP_PORT = 25;

export const closedPort = (pointer: string): Problem => ({
  pointer,
  detail:
    "A Worker may not connect to port 25: let a tcp monitor open 587 or 465, where the same server takes mail.",
  value: SMTP_PORT,
  range: "any port but 25",
});

export const isClosed = (port: number | undefined): boolean => port === SMTP_PORT;

const tcpPortIsOpen = perMonitor("tcp-monitor-port-is-open", ({ type, port }) =>
  type === "tcp" && isClosed(port) ? [closedPort("/port")] : [],
);

export const HOPELESS_MONITOR_RULES: readonly Rule[] = [
  codesCanCome,
  textCanCome,
  tcpAsksNothing,
  tcpPortIsOpen,
];
