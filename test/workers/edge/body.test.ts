import { describe, expect, test } from "vitest";
import { isSmall, waitMs, watched } from "../../../workers/edge/body.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A source that gives these chunks and then breaks off. */
const breakingOff = (...chunks: readonly string[]): ReadableStream => {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift();
      if (chunk === undefined) controller.error(new Error("malformed"));
      else controller.enqueue(bytes(chunk));
    },
  });
};

describe("a watched upload", () => {
  test("arrives as it was sent", async () => {
    const upload = await watched(new Blob(["one", "two"]).stream());
    expect(await new Response(upload?.body).text()).toBe("onetwo");
    expect(upload?.isBroken()).toBe(false);
  });

  test("that is malformed from the start is not sent at all", async () => {
    expect(await watched(breakingOff())).toBeNull();
  });

  test("that breaks off later ends in an error, and is known to be the visitor's", async () => {
    const upload = await watched(breakingOff("one"));
    await expect(new Response(upload?.body).text()).rejects.toThrow();
    expect(upload?.isBroken()).toBe(true);
  });

  test("that the endpoint wants no more of is cancelled, and is not the visitor's fault", async () => {
    let stop = () => {};
    const cancelled = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const source = new ReadableStream({
      pull: (controller) => controller.enqueue(bytes("more")),
      cancel: () => stop(),
    });
    const upload = await watched(source);
    await new Response(upload?.body).body?.cancel();
    await cancelled;
    expect(upload?.isBroken()).toBe(false);
  });
});

test("a body is kept only when its length is announced and small", () => {
  expect([-1, 0, 65_536, 65_537].map(isSmall)).toEqual([false, true, true, false]);
});

test("an upload has the time that its size needs on a slow line", () => {
  expect(waitMs(false, -1)).toBe(30_000);
  expect(waitMs(true, 64_000)).toBe(31_000);
  expect(waitMs(true, -1)).toBe(900_000);
});
