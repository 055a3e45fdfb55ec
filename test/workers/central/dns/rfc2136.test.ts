import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RECORD_TYPES, type RecordSet } from "../../../../routing/dns/record.ts";
import type { FailureKind, Provider } from "../../../../workers/central/dns/provider.ts";
import type { DialPort } from "../../../../workers/ports.ts";
import { name, values } from "./rfc2136/arbitraries.ts";
import { answerTo, KEY, macOf, NOW_S, peer, record, signed, soa } from "./rfc2136/peer.ts";
import { a, batch, fence, never, providerOver, zone } from "./rfc2136/provider.ts";

const asked = async (provider: Provider, call: "populate" | "write") => {
  const answer =
    call === "write" ? await provider.write(batch, never) : await provider.populate(never);
  if (!answer.ok) expect(answer.error.detail).not.toContain(KEY.secret);
  return answer.ok ? "done" : answer.error;
};

const whole = (request: Uint8Array) =>
  signed(answerTo(request, [soa(zone), record(a.name, 1, [192, 0, 2, 1]), soa(zone)]), {
    priorMac: macOf(request),
  }).bytes;
const done = (request: Uint8Array) =>
  signed(answerTo(request, []), { priorMac: macOf(request) }).bytes;
const saying = (rcode: number) => (request: Uint8Array) =>
  signed(answerTo(request, [], rcode), { priorMac: macOf(request) }).bytes;

describe("rfc2136", () => {
  test("a listing is one transfer, and a write one update, each over a connection of its own", async () => {
    const { dial, requests, closed } = peer((request) => [
      (request[2] ?? 0) >> 3 === 5 ? done(request) : whole(request),
    ]);
    const provider = providerOver(dial);
    expect(await provider.populate(never)).toEqual({
      ok: true,
      value: { sets: [a], complete: true },
    });
    expect(await provider.write(batch, never)).toEqual({ ok: true, value: null });
    expect([provider.calls, requests.length, closed()]).toEqual([2, 2, 2]);
  });

  test("a transfer in many messages, most without a signature, is one listing", async () => {
    const count = 250;
    const { dial } = peer((request) => {
      const bodies = Array.from({ length: count }, (_, at) =>
        answerTo(request, [
          ...(at === 0 ? [soa(zone)] : []),
          record(`n${at}.${zone}`, 1, [10, 0, at >> 8, at & 255]),
          ...(at === count - 1 ? [soa(zone)] : []),
        ]),
      );
      let priorMac = macOf(request);
      let between: Uint8Array[] = [];
      return bodies.map((body, at) => {
        if (at !== 0 && at % 60 !== 0 && at !== count - 1) {
          between.push(body);
          return body;
        }
        const { bytes, mac } = signed(body, { priorMac, between, isFurther: at > 0 });
        priorMac = mac;
        between = [];
        return bytes;
      });
    }, 7);
    const listing = await providerOver(dial).populate(never);
    expect(listing.ok && listing.value.complete).toBe(true);
    expect(listing.ok && listing.value.sets.length).toBe(count);
  });

  const transfers: readonly (readonly [
    string,
    (request: Uint8Array) => readonly Uint8Array[],
    string,
  ])[] = [
    [
      "is cut before its closing SOA",
      (request) => [signed(answerTo(request, [soa(zone)]), { priorMac: macOf(request) }).bytes],
      "closed in the middle of its answer",
    ],
    [
      "is cut in the middle of a message",
      (request) => [whole(request).subarray(0, 50)],
      "ends in the middle",
    ],
    [
      "ends without a signature",
      (request) => [
        signed(answerTo(request, [soa(zone)]), { priorMac: macOf(request) }).bytes,
        answerTo(request, [soa(zone)]),
      ],
      "closed in the middle of its answer",
    ],
    [
      "has no signature at all",
      (request) => [answerTo(request, [soa(zone), soa(zone)])],
      "closed in the middle of its answer",
    ],
    [
      "is signed by somebody else",
      (request) => [
        signed(answerTo(request, [soa(zone), soa(zone)]), {
          priorMac: macOf(request),
          key: { ...KEY, secret: "AAAA" },
        }).bytes,
      ],
      "has a signature that is wrong",
    ],
    [
      "goes on after its end",
      (request) => {
        const first = signed(answerTo(request, [soa(zone), soa(zone)]), {
          priorMac: macOf(request),
        });
        const more = answerTo(request, [soa(zone), soa(zone), record(a.name, 1, [1, 2, 3, 4])]);
        return [signed(more, { priorMac: macOf(request) }).bytes, first.bytes];
      },
      "goes on after the closing SOA",
    ],
    [
      "is the answer to another request",
      (request) => {
        const other = Uint8Array.from(request);
        other[1] = 99;
        return [whole(other)];
      },
      "answers to another request",
    ],
    ["is no DNS", () => [Uint8Array.from([1, 2, 3])], "is shorter than a header"],
    ["never comes", () => [], "closed in the middle of its answer"],
  ];
  test.each(transfers)("a transfer that %s is no listing", async (_title, script, reason) => {
    const failure = await asked(providerOver(peer(script).dial), "populate");
    expect(failure).toMatchObject({ kind: "unreachable" });
    expect(failure === "done" ? "" : failure.detail).toContain(reason);
  });

  const noAnswers = transfers.filter(([title]) => !/SOA|its end|without/.test(title));
  test.each(noAnswers)("a write whose answer %s may have been done", async (_title, script) => {
    expect(await asked(providerOver(peer(script).dial), "write")).toMatchObject({
      kind: "unknown",
    });
  });

  test("a zone that is larger than is kept in step is refused, and no more of it is read", async () => {
    const big = record(a.name, 65_400, Array<number>(60_000).fill(1));
    const { dial } = peer((request) => {
      const first = signed(answerTo(request, [soa(zone)]), { priorMac: macOf(request) });
      let { mac: priorMac } = first;
      const more = Array.from({ length: 200 }, () => {
        const next = signed(answerTo(request, [big]), { priorMac, isFurther: true });
        priorMac = next.mac;
        return next.bytes;
      });
      return [first.bytes, ...more];
    }, 65_536);
    expect(await asked(providerOver(dial), "populate")).toMatchObject({ kind: "rejected" });
  });

  test.each<readonly [number, string, FailureKind]>([
    [1, "FORMERR", "rejected"],
    [2, "SERVFAIL", "unreachable"],
    [3, "NXDOMAIN", "fenced"],
    [4, "NOTIMP", "rejected"],
    [5, "REFUSED", "unauthorized"],
    [6, "YXDOMAIN", "fenced"],
    [7, "YXRRSET", "fenced"],
    [8, "NXRRSET", "fenced"],
    [9, "NOTAUTH", "no-zone"],
    [10, "NOTZONE", "no-zone"],
    [11, "RCODE11", "rejected"],
  ])("rcode %i, %s, is told as %s", async (rcode, said, kind) => {
    const failure = await asked(
      providerOver(peer((request) => [saying(rcode)(request)]).dial),
      "write",
    );
    expect(failure).toMatchObject({ kind });
    const detail = failure === "done" ? "" : failure.detail;
    expect(detail).toContain(`rfc2136, zone ${zone}: the server ns.test:53 answers ${said}`);
  });

  test.each([
    [16, "BADSIG", "tsig_secret"],
    [17, "BADKEY", "tsig_key_name"],
    [22, "BADTRUNC", "shorter signature"],
  ])("TSIG error %i, %s, is told as unauthorized with the next step", async (error, said, step) => {
    const { dial } = peer((request) => [
      signed(answerTo(request, [], 9), { priorMac: Buffer.alloc(0), mac: Buffer.alloc(0), error })
        .bytes,
    ]);
    for (const call of ["populate", "write"] as const) {
      const failure = await asked(providerOver(dial), call);
      expect(failure).toMatchObject({ kind: "unauthorized" });
      const detail = failure === "done" ? "" : failure.detail;
      expect(detail).toContain(`NOTAUTH with ${said}`);
      expect(detail).toContain(step);
    }
  });

  test("a clock that is wrong is told with both times", async () => {
    const { dial } = peer((request) => [
      signed(answerTo(request, [], 9), {
        priorMac: macOf(request),
        error: 18,
        other: Buffer.from([0, 0, 0x6a, 0xfd, 0, 1]),
      }).bytes,
    ]);
    const failure = await asked(providerOver(dial), "write");
    expect(failure).toMatchObject({ kind: "unauthorized" });
    expect(failure === "done" ? "" : failure.detail).toContain(
      `says ${0x6afd0001} and ours ${NOW_S}`,
    );
  });

  test("a refusal that nobody signed is told for a listing, and proves nothing of a write", async () => {
    const { dial } = peer((request) => [answerTo(request, [], 5)]);
    expect(await asked(providerOver(dial), "populate")).toMatchObject({ kind: "unauthorized" });
    expect(await asked(providerOver(dial), "write")).toMatchObject({ kind: "unknown" });
  });

  test("a connection that does not open changed nothing", async () => {
    // `asked` looks for the secret in every failure.
    const dial = () => Promise.reject(new Error(`refused ${KEY.secret}`));
    expect(await asked(providerOver(dial), "populate")).toMatchObject({ kind: "unreachable" });
    expect(await asked(providerOver(dial), "write")).toMatchObject({ kind: "unreachable" });
  });

  test("a call that is called off before it began opens nothing, and one in the middle ends", async () => {
    const early = providerOver(() => Promise.reject(new Error("dialled")));
    const called = await early.write(batch, AbortSignal.abort(new Error("too late")));
    expect(called).toMatchObject({ ok: false, error: { kind: "unreachable" } });
    expect(called.ok ? "" : called.error.detail).toContain("too late");
    const controller = new AbortController();
    const silent = providerOver(async (_target, signal) => ({
      readable: new ReadableStream({
        start: (stream) => signal.addEventListener("abort", () => stream.error(signal.reason)),
      }),
      writable: new WritableStream({ write: () => controller.abort(new Error("too late")) }),
      close: async () => {},
    }));
    expect(await silent.write(batch, controller.signal)).toMatchObject({
      ok: false,
      error: { kind: "unknown" },
    });
  });

  test.each([
    ["ns.test", { hostname: "ns.test", port: 53 }],
    ["ns.test:5353", { hostname: "ns.test", port: 5353 }],
    ["192.0.2.1:53", { hostname: "192.0.2.1", port: 53 }],
    ["[2001:db8::1]:5353", { hostname: "2001:db8::1", port: 5353 }],
  ])("the endpoint %s is dialled", async (endpoint, target) => {
    const dialled: unknown[] = [];
    const dial: DialPort = (to) => {
      dialled.push(to);
      return Promise.reject(new Error("enough"));
    };
    await providerOver(dial, endpoint).populate(never);
    expect(dialled).toEqual([target]);
  });

  test.each(["", "ns.test:0", "ns.test:65536", "https://ns.test", "2001:db8::1", "a b"])(
    'the endpoint "%s" is told to be none, and nothing is dialled',
    async (endpoint) => {
      const failure = await asked(
        providerOver(() => Promise.reject(new Error("dialled")), endpoint),
        "populate",
      );
      expect(failure).toMatchObject({ kind: "rejected" });
      expect(failure === "done" ? "" : failure.detail).toContain("must be host:port");
    },
  );

  test("any batch that may be sent is a message", async () => {
    const sets = fc.constantFrom(...RECORD_TYPES).chain((type) =>
      fc.tuple(name, values[type]).map(
        ([owner, value]): RecordSet => ({
          name: `${owner}.${zone}`,
          type,
          ttl: 60,
          values: [value],
        }),
      ),
    );
    const { dial } = peer((request) => [done(request)]);
    await fc.assert(
      fc.asyncProperty(sets, async (set) => {
        const answer = await providerOver(dial).write(
          { fence, changes: [{ kind: "create", after: set }] },
          never,
        );
        expect(answer).toEqual({ ok: true, value: null });
      }),
      { numRuns: 300 },
    );
  });
});
