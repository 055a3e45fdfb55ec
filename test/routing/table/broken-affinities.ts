/** Broken documents for what is between the fields of session affinity, of a load balancer and of its rules. */
import type { BrokenDocument } from "./broken-documents.ts";
import { broken } from "./broken-rules.ts";

const SHOP = "/load_balancers/shop.example";
const ATTRIBUTES = "/session_affinity_attributes";

type Answer = { readonly value?: unknown; readonly range: string };

const shop = (name: string, fields: object, pointer: string, answer: Answer): BrokenDocument =>
  broken(
    name,
    (document) => {
      Object.assign(document.load_balancers["shop.example"] ?? {}, { rules: [] }, fields);
    },
    `${SHOP}${pointer}`,
    answer,
  );

/** The load balancer has `cookie`, for an hour, with the header X-User. */
const overrides = (name: string, fields: object, pointer: string, answer: Answer) =>
  shop(name, { rules: [{ overrides: fields }] }, `/rules/0/overrides${pointer}`, answer);

const COOKIE_TTL = "a whole number 1800..604800";
const HEADER_TTL = "a whole number 30..3600";
const ONCE = "every header at most once";
const NOT_OURS = "a header that is not the edge's";

export const brokenAffinities = (): readonly BrokenDocument[] => [
  shop(
    "rule:affinity-ttl-in-range",
    { session_affinity: "ip_cookie", session_affinity_ttl: 1_799 },
    "/session_affinity_ttl",
    { value: 1_799, range: COOKIE_TTL },
  ),
  shop(
    "a ttl that is a cookie's:affinity-ttl-in-range",
    {
      session_affinity: "header",
      session_affinity_ttl: 3_601,
      session_affinity_attributes: { headers: ["a"] },
    },
    "/session_affinity_ttl",
    { value: 3_601, range: HEADER_TTL },
  ),
  overrides(
    "a rule's ttl:affinity-ttl-in-range",
    { session_affinity_ttl: 60 },
    "/session_affinity_ttl",
    { value: 60, range: COOKIE_TTL },
  ),
  shop(
    "rule:affinity-headers-named",
    { session_affinity: "header", session_affinity_ttl: 60, session_affinity_attributes: {} },
    `${ATTRIBUTES}/headers`,
    { range: "1..5 header names" },
  ),
  overrides(
    "a rule that takes the headers away:affinity-headers-named",
    { session_affinity: "header", session_affinity_attributes: { headers: [] } },
    `${ATTRIBUTES}/headers`,
    { range: "1..5 header names" },
  ),
  shop(
    "rule:affinity-headers-once",
    { session_affinity_attributes: { headers: ["X-A", "b", "x-a"] } },
    `${ATTRIBUTES}/headers/2`,
    { value: "x-a", range: ONCE },
  ),
  ...["X-Forwarded-For", "host", "CF-Connecting-IP", "x_real_ip"].map((header, at) =>
    overrides(
      at === 0 ? "rule:affinity-headers-not-ours" : `${header}:affinity-headers-not-ours`,
      { session_affinity_attributes: { headers: ["x-a", header] } },
      `${ATTRIBUTES}/headers/1`,
      { value: header, range: NOT_OURS },
    ),
  ),
  shop(
    "rule:affinity-sticky-has-cookie",
    {
      session_affinity: "header",
      session_affinity_ttl: 60,
      session_affinity_attributes: { headers: ["a"], zero_downtime_failover: "sticky" },
    },
    `${ATTRIBUTES}/zero_downtime_failover`,
    { value: "sticky", range: "none, temporary or absent" },
  ),
  shop(
    "rule:affinity-none-is-secure",
    { session_affinity_attributes: { samesite: "None", secure: "Never" } },
    `${ATTRIBUTES}/secure`,
    { value: "Never", range: "Auto or Always beside None" },
  ),
];
