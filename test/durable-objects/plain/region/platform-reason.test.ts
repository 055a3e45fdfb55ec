import { expect, test } from "vitest";
import { platformReason } from "../../../../durable-objects/region/platform-reason.ts";

const answer = (body: string, more: Record<string, string> = {}) =>
  new Response(body, {
    status: 403,
    headers: {
      server: "cloudflare",
      "content-type": "text/plain; charset=UTF-8",
      "content-length": String(body.length),
      ...more,
    },
  });
const reasonOf = (response: Response, signal = new AbortController().signal) =>
  platformReason(response, signal);

test("an answer that the platform gave in the endpoint's place is told by its code", async () => {
  expect(await reasonOf(answer("error code: 1003"))).toBe("platform error 1003");
  expect(await reasonOf(answer("error code: 1024"))).toBe("platform error 1024");
});

test("an endpoint's own 403 is its own, and a code that means nothing here is told by its status", async () => {
  expect(await reasonOf(answer("error code: 1003", { server: "nginx" }))).toBeNull();
  expect(await reasonOf(answer("no entry"))).toBeNull();
  expect(await reasonOf(answer("error code: 1020"))).toBeNull();
});

test("one that does not come whole in time is no reason", async () => {
  const cut = new AbortController();
  const never = new Response(new ReadableStream(), answer("x".repeat(16)));
  const asked = reasonOf(never, cut.signal);
  cut.abort();
  expect(await asked).toBeNull();
});
