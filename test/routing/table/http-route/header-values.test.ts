/**
 * Header injection (security floor, S9): a value that a route may set is written as it was read, as one field, or it is
 * refused where it is written.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ADDED_TO_REQUESTS } from "../../../../routing/headers.ts";
import { changeHeaders } from "../../../../routing/match/header-changes.ts";
import { problemsIn, tableOf } from "../fixtures.ts";

const COUNT = 10_000;
/** Fewer than the problems that one answer lists, so that none is cut off. */
const PER_DOCUMENT = 500;
/** `HEADERS_SEED=… npx vitest …` replays one. */
const SEED = Number(process.env["HEADERS_SEED"] ?? Math.floor(Date.now() % 1_000_000));

const document = (fields: readonly { name: string; value: string }[]) => ({
  http_routes: fields.map((field, at) => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: `r${at}` },
    spec: {
      hostnames: ["shop.example"],
      rules: [
        {
          matches: [{ path: { type: "Exact", value: `/${at}` } }],
          filters: [
            { type: "RequestHeaderModifier", requestHeaderModifier: { set: [field] } },
            { type: "RequestRedirect", requestRedirect: { statusCode: 301 } },
          ],
        },
      ],
    },
  })),
});

/** Where the refused ones stand. */
const refusedOf = (fields: readonly { name: string; value: string }[]): ReadonlySet<number> =>
  new Set(
    problemsIn(document(fields)).map(({ pointer }) =>
      Number(/^\/http_routes\/(\d+)\//.exec(pointer)?.[1]),
    ),
  );

const HOSTILE = [
  "\r\n",
  "\r",
  "\n",
  "\0",
  "\u2028",
  "\u2029",
  "\u0085",
  '"',
  "\\",
  ";",
  ":",
  " ",
  "\t",
  "é",
  "嘍嘊",
];
const part = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const value = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));

test(`${COUNT} values by chance are written as they were read or refused, seed ${SEED}`, () => {
  const values = fc.sample(value, { numRuns: COUNT, seed: SEED });
  let accepted = 0;
  for (let at = 0; at < COUNT; at += PER_DOCUMENT) {
    const some = values
      .slice(at, at + PER_DOCUMENT)
      .map((text) => ({ name: "X-Set", value: text }));
    const refused = refusedOf(some);
    const good = some.filter((_, index) => !refused.has(index));
    accepted += good.length;
    for (const [index, route] of tableOf(document(good)).http_routes.entries()) {
      const changed = changeHeaders({}, route.rules[0]?.filters.requestHeaders);
      const headers = [...new Headers(changed)];
      expect(headers).toEqual([["x-set", good[Number(route.name.slice(1))]?.value ?? index]]);
    }
    for (const index of refused)
      expect(some[index]?.value).not.toMatch(/^[!-~]([ -~]{0,40}[!-~])?$/);
  }
  // Otherwise only one of both was tried.
  expect(accepted).toBeGreaterThan(COUNT / 20);
  expect(accepted).toBeLessThan(COUNT - COUNT / 20);
});

test.each([
  ...ADDED_TO_REQUESTS,
  "host",
  "content-length",
  "connection",
  "x-real-ip",
  "x_forwarded_for",
])("%s is the edge's to write, and no rule's", (name) => {
  expect(refusedOf([{ name, value: "1" }]).size).toBe(1);
  expect(refusedOf([{ name: name.toUpperCase(), value: "1" }]).size).toBe(1);
});

test.each(["X-A\r\nX-B", "X A", "X-A:", "", "X-Ä", "X-A\0"])("%j is no name", (name) => {
  expect(refusedOf([{ name, value: "1" }]).size).toBe(1);
});
