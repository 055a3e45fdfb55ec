import { describe, expect, test } from "vitest";
import { cleanAnswer } from "../../../workers/edge/response-headers.ts";

const answer = (headers: Record<string, string>, status = 200) =>
  new Response(null, { status, headers });

test("an answer with nothing to drop goes on as the same object", () => {
  for (const connection of ["keep-alive", "close"]) {
    const given = answer({ connection, "content-type": "text/plain" });
    expect(cleanAnswer(given, false)).toBe(given);
  }
});

test.each(["proxy-authenticate", "proxy-authentication-info", "te", "trailer", "upgrade"])(
  "%s does not go on",
  (name) => {
    const clean = cleanAnswer(answer({ [name]: "x", "x-a": "1" }), false);
    expect([...(clean?.headers ?? [])]).toEqual([["x-a", "1"]]);
  },
);

test.each(["endpoint-load-metrics", "endpoint-load-metrics-json", "endpoint-load-metrics-bin"])(
  "%s is for us and not for the visitor",
  (name) => {
    const given = answer({ [name]: "x", "x-a": "1" });
    const clean = cleanAnswer(given, false);
    expect([...(clean?.headers ?? [])]).toEqual([["x-a", "1"]]);
    expect(clean).not.toBe(given);
  },
);

test("what Connection names does not go on, unless the answer would be another without it", () => {
  const given = answer({
    connection: "X-Int, content-length, bad name",
    "x-int": "secret",
    "content-length": "3",
  });
  expect([...(cleanAnswer(given, false)?.headers ?? [])]).toEqual([["content-length", "3"]]);
});

describe("a status that no client can take", () => {
  test.each([100, 101, 199, 600, 999])("%i is no answer", (status) => {
    const odd = { status, headers: new Headers(), webSocket: null } as unknown as Response;
    expect(cleanAnswer(odd, true)).toBeNull();
  });

  test("101 is one for who asked for a WebSocket and got it", () => {
    const opened = { status: 101, headers: new Headers(), webSocket: {} } as unknown as Response;
    expect(cleanAnswer(opened, true)).toBe(opened);
    expect(cleanAnswer(opened, false)).toBeNull();
  });
});
