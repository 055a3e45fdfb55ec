import { describe, expect, test } from "vitest";
import { HEADER_BYTES_MAX, HEADERS_MAX, LOOP_HOPS_MAX } from "../../../routing/limits.ts";
import { parseHost, pathStart, refusalOf } from "../../../workers/edge/guard.ts";
import { readHeaders } from "../../../workers/edge/request-headers.ts";

describe("a Host header", () => {
  test.each([
    ["shop.example", "shop.example"],
    ["SHOP.Example", "shop.example"],
    ["shop.example.", "shop.example"],
    ["shop.example:8787", "shop.example"],
    ["Shop.example.:80", "shop.example"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["a_b.example", "a_b.example"],
    ["1.2.3.4.example", "1.2.3.4.example"],
    ["localhost", "localhost"],
  ])("%s names %s", (raw, name) => {
    expect(parseHost(raw)).toEqual({ name });
  });

  test.each([
    "",
    ".",
    ":80",
    "a..example",
    ".example",
    "shop.example..",
    "-a.example",
    "a-.example",
    "a b.example",
    "a\texample",
    "bücher.example",
    "a.example:80@evil.example",
    "user@a.example",
    "a.example/",
    "a.example?x",
    "a.example#x",
    "a.example\\x",
    "a.example:",
    "a.example:x",
    "a.example:65536",
    "a.example:8080:80",
    "a%2eexample",
    "a,b.example",
    "[::1",
    "[zz]",
    `${"a".repeat(64)}.example`,
    `${"a.".repeat(127)}example`,
  ])("%j is not a name", (raw) => {
    expect(parseHost(raw)).toEqual({ refused: "bad-host" });
  });

  test.each([
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "0X7F.0.0.1:80",
    "[::1]",
    "[::ffff:127.0.0.1]:443",
    "a.example.0x",
  ])("%s is an address, which is never configured", (raw) => {
    expect(parseHost(raw)).toEqual({ refused: "unknown-host" });
  });
});

const refusal = (headers: Record<string, string>, method = "GET", url = "http://a.example/x") => {
  const inbound = readHeaders(new Headers({ host: "a.example", ...headers }));
  return refusalOf({ method } as Request, url, inbound);
};

describe("a request", () => {
  test("without anything odd is let in", () => {
    expect(refusal({})).toBeNull();
  });

  test("with the most fields and the most bytes is let in, with one more it is not", () => {
    const fields = (count: number) =>
      Object.fromEntries(Array.from({ length: count - 1 }, (_, index) => [`x-${index}`, "1"]));
    expect(refusal(fields(HEADERS_MAX))).toBeNull();
    expect(refusal(fields(HEADERS_MAX + 1))).toBe("headers-too-large");
    const rest = "host: a.example\r\n".length + "x: \r\n".length;
    expect(refusal({ x: "y".repeat(HEADER_BYTES_MAX - rest) })).toBeNull();
    expect(refusal({ x: "y".repeat(HEADER_BYTES_MAX - rest + 1) })).toBe("headers-too-large");
  });

  test.each(["TRACE", "CONNECT"])("%s is refused", (method) => {
    expect(refusal({}, method)).toBe("method-refused");
  });

  test("that has been here as often as is allowed is let in, once more is a loop", () => {
    const loop = (times: number) => Array(times).fill("tradewind").join(", ");
    expect(refusal({ "cdn-loop": `other; x=1, ${loop(LOOP_HOPS_MAX)}` })).toBeNull();
    expect(refusal({ "cdn-loop": `${loop(LOOP_HOPS_MAX)}, other` })).toBeNull();
    expect(refusal({ "cdn-loop": `${loop(LOOP_HOPS_MAX)},TradeWind ; v=2` })).toBe("loop");
  });

  test.each([
    "Host",
    "content-length",
    "close, Authorization",
    "cookie",
    "x-forwarded-for",
    "X_Forwarded_For",
    "x-request-id",
    "cdn-loop",
    "traceparent",
  ])("whose Connection header names %s is refused", (connection) => {
    expect(refusal({ connection })).toBe("bad-connection");
  });

  test("whose target names another host is refused, whatever its port, case or dot", () => {
    expect(refusal({}, "GET", "http://b.example/x")).toBe("host-mismatch");
    expect(refusal({}, "GET", "http://A.example.:80/x")).toBeNull();
    expect(refusal({}, "GET", "http://a.example:80@b.example/x")).toBe("host-mismatch");
  });

  test("whose target is no path is refused", () => {
    expect(refusal({}, "OPTIONS", "http://a.example*")).toBe("bad-target");
    expect(refusal({}, "GET", "http://a.example?x=/y")).not.toBeNull();
  });
});

test("the path begins with the first slash after the authority", () => {
  const url = "https://a.example:80//b/../c?d=/e";
  expect(url.slice(pathStart(url))).toBe("//b/../c?d=/e");
});
