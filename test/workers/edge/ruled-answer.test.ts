import { describe, expect, test } from "vitest";
import type { Cors, HeaderChanges } from "../../../routing/http-route.ts";
import { forwardTo } from "../../../routing/match/action.ts";
import { answerBy, changedAnswer } from "../../../workers/edge/ruled-answer.ts";
import { pool, shardOf } from "../../routing/steer/world.ts";

const forward = forwardTo(shardOf([pool("p", ["p1"])]));
const changes = (some: Partial<HeaderChanges>): HeaderChanges => ({
  set: [],
  add: [],
  remove: [],
  ...some,
});
const CORS: Cors = {
  allowOrigins: ["https://a.example"],
  allowMethods: [],
  allowHeaders: [],
  exposeHeaders: [],
  allowCredentials: false,
  maxAgeSeconds: 5,
};

describe("an answer that a rule makes", () => {
  test("has what the rule says, and the request's id", async () => {
    const answer = answerBy(
      { status: 418, headers: { "x-a": "1" }, body: "tea" },
      "id-12345",
    ) as Response;
    expect([answer.status, await answer.text()]).toEqual([418, "tea"]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "x-a": "1",
      "x-request-id": "id-12345",
    });
  });

  test.each([204, 205, 304])("of %i has no body, whatever a newer writer put there", (status) => {
    const answer = answerBy({ status, headers: {}, body: "x" }, "id-12345");
    expect([answer?.status, answer?.body]).toEqual([status, null]);
  });

  test("that cannot be written is none", () => {
    expect(answerBy({ status: 0, headers: {}, body: "" }, "id-12345")).toBeNull();
    expect(answerBy({ status: 200, headers: { "": "x" }, body: "" }, "id-12345")).toBeNull();
  });
});

describe("an endpoint's answer", () => {
  test("goes on as the object that came where no rule changes it", () => {
    const answer = new Response("x");
    expect(changedAnswer(answer, forward, null, undefined)).toBe(answer);
  });

  test("is changed in the order set, add, remove, rule after rule", () => {
    const answer = new Response("x", { headers: { "x-a": "0", "x-b": "0", "x-c": "0" } });
    const responseHeaders = [
      changes({
        set: [{ name: "x-a", value: "1" }],
        add: [{ name: "x-b", value: "1" }],
        remove: ["x-c"],
      }),
      changes({ set: [{ name: "x-c", value: "2" }], add: [{ name: "x-a", value: "2" }] }),
    ];
    const { headers } = changedAnswer(answer, { ...forward, responseHeaders }, null, undefined);
    expect(Object.fromEntries(headers)).toMatchObject({ "x-a": "1, 2", "x-b": "0, 1", "x-c": "2" });
  });

  test("keeps every Set-Cookie a line of its own when one is added", () => {
    const answer = new Response("x", {
      headers: [
        ["set-cookie", "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT"],
        ["set-cookie", "b=2"],
      ],
    });
    const add = [{ name: "set-cookie", value: "c=3" }];
    const changed = changedAnswer(
      answer,
      { ...forward, responseHeaders: [changes({ add })] },
      null,
      "",
    );
    expect(changed.headers.getSetCookie()).toEqual([
      "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
      "b=2",
      "c=3",
    ]);
  });

  test("keeps its status and its body", async () => {
    const changed = changedAnswer(
      new Response("missing", { status: 404, statusText: "Nowhere" }),
      { ...forward, responseHeaders: [changes({ remove: ["x"] })] },
      null,
      undefined,
    );
    expect([changed.status, changed.statusText, await changed.text()]).toEqual([
      404,
      "Nowhere",
      "missing",
    ]);
  });

  test("allows no more origins than its route, whatever the endpoint says", () => {
    const loose = () =>
      new Response("x", {
        headers: {
          "access-control-allow-origin": "*",
          "access-control-allow-credentials": "true",
          "access-control-expose-headers": "x-secret",
          vary: "accept",
        },
      });
    const of = (origin: string | undefined) =>
      Object.fromEntries(changedAnswer(loose(), { ...forward, cors: CORS }, null, origin).headers);
    expect(of("https://evil.example")).toMatchObject({ vary: "accept, origin" });
    expect(Object.keys(of("https://evil.example")).filter((name) => /^access/.test(name))).toEqual(
      [],
    );
    expect(of("https://a.example")).toMatchObject({
      "access-control-allow-origin": "https://a.example",
      vary: "accept, origin",
    });
    expect(of(undefined)).not.toHaveProperty("access-control-allow-origin");
  });
});
