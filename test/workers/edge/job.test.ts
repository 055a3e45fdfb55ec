import { describe, expect, test } from "vitest";
import { type Forward, forwardTo } from "../../../routing/match/action.ts";
import { type Job, jobOf } from "../../../workers/edge/job.ts";
import { addOurs, readHeaders } from "../../../workers/edge/request-headers.ts";
import { pool, shardOf } from "../../routing/steer/world.ts";

const forward = forwardTo(shardOf([pool("p", ["p1"])]));
const copy = { balanced: forward.balanced, ratio: 1 };

async function job(
  more: Partial<Forward>,
  target = "/a?b=/c",
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Job | null> {
  const url = `http://shop.example${target}`;
  const body =
    init.body === undefined ? {} : { "content-length": String(String(init.body).length) };
  const headers = { host: "shop.example", ...body, ...init.headers };
  const request = new Request(url, { ...init, headers });
  const inbound = readHeaders(new Headers(headers));
  addOurs(inbound, url, "0".repeat(32));
  const host = { host: "shop.example", hostKey: "*.example", rawHost: "shop.example" };
  const asked = { method: request.method, url, ...host, target };
  return jobOf(request, asked, inbound, { ...forward, ...more }, 0, null);
}
const kept = async (more: Partial<Forward>, sent: Record<string, string> = {}) =>
  (await job(more, "/", { headers: sent }))?.inbound.kept ?? {};
const set = (name: string, value: string) => ({
  requestHeaders: [{ set: [{ name, value }], add: [], remove: [] }],
});

describe("the target", () => {
  test.each<[string, string | null, string]>([
    ["/a?b=/c", null, "/a?b=/c"],
    ["/x/%2e%2e/a?b", null, "/x/%2e%2e/a?b"],
    ["/a?b=/c", "/new", "/new?b=/c"],
    ["/a", "/new", "/new"],
    ["/a?", "/new", "/new?"],
    ["/a?b?c", "/", "/?b?c"],
  ])("%s with the path %s is %s", async (target, path, expected) => {
    expect((await job({ path }, target))?.target).toBe(expected);
  });
});

describe("headers", () => {
  test("are changed rule after rule, and the rest stays", async () => {
    const changes = [
      { set: [{ name: "x-a", value: "1" }], add: [], remove: ["x-b"] },
      { set: [], add: [{ name: "x-a", value: "2" }], remove: [] },
    ];
    const headers = await kept({ requestHeaders: changes }, { "x-b": "0", "x-c": "0" });
    expect(headers).toMatchObject({ "x-a": "1,2", "x-c": "0" });
    expect(headers).not.toHaveProperty("x-b");
  });

  test("say the rewritten hostname where the visitor's was", async () => {
    expect((await kept({}))["x-forwarded-host"]).toBe("shop.example");
    expect((await kept({ hostname: "new.example" }))["x-forwarded-host"]).toBe("new.example");
  });

  test("of the visitor's own record are not touched by a change", async () => {
    const inbound = await kept(set("__proto__", "x"));
    expect(Object.getPrototypeOf(inbound)).toBe(Object.prototype);
  });
});

describe("the body", () => {
  const small = { method: "POST", body: "small" };

  test("of what may be sent again is kept", async () => {
    const put = await job({}, "/", { method: "PUT", body: "small" });
    expect(put).toMatchObject({ hasBody: true, replayable: true });
    expect(put?.upload.body).toBeInstanceOf(ArrayBuffer);
  });

  test("of what is sent once is passed on, unless a mirror needs a copy", async () => {
    expect((await job({}, "/", small))?.upload.body).toBeInstanceOf(ReadableStream);
    const copied = await job({ mirrors: [copy] }, "/", small);
    expect(copied?.upload.body).toBeInstanceOf(ArrayBuffer);
    expect(copied?.replayable).toBe(false);
  });

  test("that is large is never kept for a mirror", async () => {
    const large = { method: "POST", body: "x".repeat(100_000) };
    expect((await job({ mirrors: [copy] }, "/", large))?.upload.body).toBeInstanceOf(
      ReadableStream,
    );
  });
});

test("a request is counted under its host key", async () => {
  expect((await job({}))?.hostKey).toBe("*.example");
});
