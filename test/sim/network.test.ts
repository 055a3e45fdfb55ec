import { expect, test } from "vitest";
import { Kernel } from "./kernel.ts";
import { type LostMessages, Network, type Route } from "./network.ts";
import { Timeline } from "./timeline.ts";

const route: Route = { from: "a", to: "b", what: "ask", kind: "ask", life: { alive: true } };
const NONE: LostMessages = {
  requestRatio: 0,
  replyRatio: 0,
  hangRatio: 0,
  lateRatio: 0,
  twiceRatio: 0,
};

function between(lost: Partial<LostMessages>) {
  const kernel = new Kernel();
  const lostOnes: Route[] = [];
  const timeline = new Timeline(kernel, null);
  const network = new Network({ kernel, timeline, seed: 1 }, { ...NONE, ...lost }, (one) =>
    lostOnes.push(one),
  );
  return { kernel, network, lostOnes };
}

/** What became of `promise` after a minute of virtual time. */
async function fateOf(kernel: Kernel, promise: Promise<unknown>): Promise<unknown> {
  let fate: unknown = "hangs";
  promise.then(
    (value) => {
      fate = value;
    },
    (error: Error) => {
      fate = `${error.name}: ${error.message}`;
    },
  );
  await kernel.run(60_000);
  return fate;
}

test("a call takes time and gives a copy", async () => {
  const { kernel, network } = between({});
  const beganMs = kernel.nowMs;
  const own = { list: [1] };
  let deliveredMs = 0;
  const answer = network.call(route, async () => {
    deliveredMs = kernel.nowMs - beganMs;
    return own;
  });
  const given = await fateOf(kernel, answer);
  expect(given).toEqual(own);
  expect(given).not.toBe(own);
  expect(deliveredMs).toBeGreaterThan(0);
});

test("what cannot be cloned does not cross", async () => {
  const { kernel, network } = between({});
  expect(
    await fateOf(
      kernel,
      network.call(route, async () => () => 1),
    ),
  ).toMatch(/cloned/);
});

test("a lost request is never done, a lost reply is; both reject, or hang", async () => {
  for (const hangRatio of [0, 1]) {
    for (const [requestRatio, replyRatio, done] of [[1, 0, 0] as const, [0, 1, 1] as const]) {
      const { kernel, network, lostOnes } = between({ requestRatio, replyRatio, hangRatio });
      let times = 0;
      const fate = await fateOf(
        kernel,
        network.call(route, async () => {
          times += 1;
        }),
      );
      expect(fate).toBe(hangRatio === 1 ? "hangs" : "Error: Network connection lost.");
      expect([times, lostOnes.length]).toEqual([done, 1]);
    }
  }
});

test("a lost request to an endpoint is a reset connection; an aborted one rejects with the reason", async () => {
  const lossy = between({ requestRatio: 1 });
  const lost = lossy.network.fetch(route, undefined, async () => new Response("never"));
  expect(await fateOf(lossy.kernel, lost)).toBe("TypeError: fetch failed: connection reset");
  const { kernel, network } = between({});
  const late = AbortSignal.abort(new DOMException("late", "TimeoutError"));
  const aborted = network.fetch(route, late, async () => new Response("too late"));
  expect(await fateOf(kernel, aborted)).toBe("TimeoutError: late");
});

test("somebody dead hears nothing, and nothing is lost while it is quiet", async () => {
  const { kernel, network, lostOnes } = between({ requestRatio: 1 });
  network.quiet = true;
  const life = { alive: true };
  const answer = network.call({ ...route, life }, async () => {
    life.alive = false;
    return "heard";
  });
  expect(await fateOf(kernel, answer)).toBe("hangs");
  expect(lostOnes).toEqual([]);
});

test("a late message arrives after all the others, and at once when it becomes quiet", async () => {
  const { kernel, network } = between({ lateRatio: 1 });
  const beganMs = kernel.nowMs;
  const arrived: number[] = [];
  for (let sent = 0; sent < 20; sent += 1) {
    network.call(route, async () => arrived.push(kernel.nowMs - beganMs));
  }
  await kernel.run(400);
  const early = arrived.length;
  expect(early).toBeLessThan(20);
  network.quiet = true;
  await kernel.run(2_000);
  expect(arrived.length).toBe(20);
});

test("a doubled call is done twice and answered once", async () => {
  const { kernel, network } = between({ twiceRatio: 1 });
  let times = 0;
  const answer = network.call(route, async () => {
    times += 1;
    return times;
  });
  expect(await fateOf(kernel, answer)).toBe(1);
  expect(times).toBe(2);
});

test("no message passes a cut, in either direction", async () => {
  const { kernel, network, lostOnes } = between({});
  network.weather = { isCut: ({ from, to }) => from === "a" || to === "a", slowMs: () => 0 };
  const there = await fateOf(
    kernel,
    network.call(route, async () => "done"),
  );
  const back = await fateOf(
    kernel,
    network.call({ ...route, from: "b", to: "a" }, async () => "done"),
  );
  expect([there, back]).not.toContain("done");
  expect(lostOnes.length).toBe(2);
});
