import { describe, expect, test } from "vitest";
import { addOurs, readHeaders } from "../../../workers/edge/request-headers.ts";

const ID = "0123456789abcdef0123456789abcdef";

/** The headers as they leave, and what was read on the way. */
function sent(headers: Record<string, string>, url = "http://a.example/") {
  const inbound = readHeaders(new Headers({ host: "a.example", ...headers }));
  addOurs(inbound, url, ID);
  return { ...inbound, kept: inbound.kept };
}

const OURS = {
  "cdn-loop": "tradewind",
  traceparent: `00-${ID}-${ID.slice(16)}-00`,
  "x-forwarded-host": "a.example",
  "x-forwarded-proto": "http",
  "x-request-id": ID,
};

test("what is the visitor's own goes on as it came", () => {
  const own = {
    accept: "text/html",
    authorization: "Bearer x",
    cookie: "a=1; b=2",
    "cf-access-jwt-assertion": "x",
    "content-type": "text/plain",
    "idempotency-key": "k",
    "if-none-match": '"x"',
    range: "bytes=0-1",
    "x-custom_name": "1",
  };
  expect(sent(own).kept).toEqual({ ...own, ...OURS });
});

describe("what a visitor claims to be", () => {
  test.each([
    "CF-Connecting-IPv6",
    "CF-IPCountry",
    "CF-Worker",
    "Client-IP",
    "Fastly-Client-IP",
    "Forwarded",
    "True-Client-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Forwarded-Client-Cert",
    "X-Forwarded-Port",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Original-URL",
    "X-Real-IP",
    "X-Rewrite-URL",
    "True_Client_IP",
    "X_Forwarded_For",
    "x-forwarded_for",
    "X_Real-IP",
  ])("%s does not go on", (name) => {
    expect(sent({ [name]: "203.0.113.9" }).kept).toEqual(OURS);
  });

  test("is replaced by what the platform says of the address", () => {
    const { kept } = sent({ "x-forwarded-for": "203.0.113.9", "cf-connecting-ip": "192.0.2.1" });
    expect(kept).toEqual({ ...OURS, "x-forwarded-for": "192.0.2.1" });
  });

  test("is not believed when the platform's word is no address", () => {
    expect(sent({ "cf-connecting-ip": "192.0.2.1, 203.0.113.9" }).visitorIp).toBeNull();
  });
});

describe("headers of the hop", () => {
  test.each([
    "Connection",
    "Keep-Alive",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Proxy-Authorization",
    "Proxy-Connection",
    "HTTP2-Settings",
    "Expect",
  ])("%s does not go on", (name) => {
    expect(sent({ [name]: "x" }).kept).toEqual(OURS);
  });

  test("are also those that Connection names, in any case", () => {
    const { kept } = sent({ connection: "close, X-Secret ,x-b", "x-secret": "1", "X-B": "2" });
    expect(kept).toEqual(OURS);
  });

  test("cannot take away what is ours", () => {
    expect(sent({ connection: "x-forwarded-host" }).badConnection).toBe(true);
  });
});

test("an upgrade goes on only when it is to a WebSocket", () => {
  expect(sent({ connection: "Upgrade", upgrade: "WebSocket" })).toMatchObject({
    isWebSocket: true,
    kept: { upgrade: "websocket" },
  });
  expect(sent({ connection: "Upgrade", upgrade: "h2c" })).toMatchObject({ isWebSocket: false });
});

test("cookies that the runtime joined with commas are joined as RFC 6265 asks, values untouched", () => {
  expect(sent({ cookie: "a=1, b=2; c=x, y" }).kept["cookie"]).toBe("a=1; b=2; c=x, y");
});

describe("a trace", () => {
  const TRACE = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

  test("is passed on with its state", () => {
    const { kept } = sent({ traceparent: TRACE, tracestate: "x=1" });
    expect(kept).toMatchObject({ traceparent: TRACE, tracestate: "x=1" });
  });

  test.each([
    "x",
    TRACE.replace("00-", "ff-"),
    TRACE.toUpperCase(),
    `00-${"0".repeat(32)}-${"b".repeat(16)}-01`,
    `00-${"a".repeat(32)}-${"0".repeat(16)}-01`,
    `${TRACE}-x`,
  ])("that is none (%s) is begun anew, without its state", (traceparent) => {
    expect(sent({ traceparent, tracestate: "x=1" }).kept).toEqual(OURS);
  });
});

test("a request id is kept when it is short and plain, and made when it is not", () => {
  expect(sent({ "x-request-id": "order-12345" }).kept["x-request-id"]).toBe("order-12345");
  for (const odd of ["short", "x".repeat(65), "has space", 'quote"quote', "semi;colon"]) {
    expect(sent({ "x-request-id": odd }).kept["x-request-id"]).toBe(ID);
  }
});

test("the way the visitor came is told: host with port, scheme, loop", () => {
  const { kept } = sent({ host: "a.example:8443", "cdn-loop": "other; v=1" }, "https://a.example/");
  expect(kept).toMatchObject({
    "x-forwarded-host": "a.example:8443",
    "x-forwarded-proto": "https",
    "cdn-loop": "other; v=1, tradewind",
  });
});
