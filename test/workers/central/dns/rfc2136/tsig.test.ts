import { describe, expect, test } from "vitest";
import { TSIG_ALGORITHMS } from "../../../../../routing/dns/settings.ts";
import { messageBytes, readMessage } from "../../../../../workers/central/dns/rfc2136/message.ts";
import { TsigSession } from "../../../../../workers/central/dns/rfc2136/tsig.ts";
import { answerTo, KEY, macOf, NOW_S, type Signing, signed } from "./peer.ts";

const query = messageBytes(9, 0, {
  questions: [{ name: "shop.test", type: 252, class: 1 }],
  answers: [],
  authorities: [],
});

async function asked(key = KEY) {
  const session = new TsigSession(key, () => NOW_S * 1_000);
  const request = await session.sign(query);
  const take = (bytes: Uint8Array) => {
    const read = readMessage(bytes);
    if (!read.ok) throw new Error(read.error);
    return session.take(bytes, read.value);
  };
  return { session, request, take };
}

const DIGEST_BYTES = { "hmac-sha256": 32, "hmac-sha384": 48, "hmac-sha512": 64 };

describe("TSIG", () => {
  test.each(TSIG_ALGORITHMS)(
    "%s: a request is signed as RFC 8945 says, and its answer believed",
    async (algorithm) => {
      const key = { ...KEY, algorithm };
      const { request, take } = await asked(key);
      const mac = macOf(request, DIGEST_BYTES[algorithm]);
      expect(Buffer.from(request)).toEqual(signed(query, { key }).bytes);
      const answer = signed(answerTo(request, []), { key, priorMac: mac });
      expect(await take(answer.bytes)).toEqual({ ok: true, value: true });
    },
  );

  test("messages between two signatures are vouched for by the second", async () => {
    const { request, take } = await asked();
    const first = signed(answerTo(request, []), { priorMac: macOf(request) });
    expect(await take(first.bytes)).toEqual({ ok: true, value: true });
    const between = [answerTo(request, []), answerTo(request, [], 3)];
    for (const each of between) expect(await take(each)).toEqual({ ok: true, value: false });
    const last = signed(answerTo(request, []), {
      priorMac: first.mac,
      between,
      isFurther: true,
    });
    expect(await take(last.bytes)).toEqual({ ok: true, value: true });
  });

  test("a message left out, put elsewhere or changed is not vouched for", async () => {
    const { request, take } = await asked();
    const first = signed(answerTo(request, []), { priorMac: macOf(request) });
    await take(first.bytes);
    await take(answerTo(request, []));
    const last = signed(answerTo(request, []), {
      priorMac: first.mac,
      between: [answerTo(request, [], 3)],
      isFurther: true,
    });
    expect(await take(last.bytes)).toEqual({ ok: false, error: "has a signature that is wrong" });
  });

  const refused: readonly (readonly [string, (request: Uint8Array) => Signing, unknown])[] = [
    ["of another request", () => ({ priorMac: Buffer.alloc(32) }), "has a signature that is wrong"],
    [
      "with another secret",
      (request) => ({ priorMac: macOf(request), key: { ...KEY, secret: "AAAA" } }),
      "has a signature that is wrong",
    ],
    [
      "with another key",
      (request) => ({ priorMac: macOf(request), key: { ...KEY, name: "other.test" } }),
      "is signed with another key",
    ],
    [
      "that is cut short",
      (request) => ({ priorMac: macOf(request), mac: Buffer.alloc(16) }),
      "has a signature that is wrong",
    ],
    [
      "of long ago",
      (request) => ({ priorMac: macOf(request), timeS: NOW_S - 301 }),
      "was signed 301 s from now by our clock",
    ],
    [
      "that says BADSIG",
      () => ({ priorMac: Buffer.alloc(0), mac: Buffer.alloc(0), error: 16 }),
      { error: 16 },
    ],
    [
      "that says BADKEY",
      () => ({ priorMac: Buffer.alloc(0), mac: Buffer.alloc(0), error: 17 }),
      { error: 17 },
    ],
    [
      "that says BADTIME",
      (request) => ({
        priorMac: macOf(request),
        error: 18,
        other: Buffer.from([0, 0, 0x6a, 0xfd, 0, 1]),
      }),
      { error: 18, serverTimeS: 0x6afd0001 },
    ],
    [
      "that says BADTIME and is forged",
      () => ({ priorMac: Buffer.alloc(32), error: 18, other: Buffer.alloc(6) }),
      "has a signature that is wrong",
    ],
  ];
  test.each(refused)(
    "an answer with a signature %s is not believed",
    async (_title, signing, error) => {
      const { request, take } = await asked();
      const answer = signed(answerTo(request, []), signing(request));
      expect(await take(answer.bytes)).toEqual({ ok: false, error });
    },
  );

  test("an answer that is one bit off is not believed", async () => {
    const { request } = await asked();
    const { bytes } = signed(answerTo(request, []), { priorMac: macOf(request) });
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const { session, request: again } = await asked();
      expect(again).toEqual(request);
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const read = readMessage(damaged);
      // The id is not signed but the one within the TSIG, and of names the case is not.
      const isCase = (bit & 7) === 5 && /[a-z]/i.test(String.fromCharCode(bytes[bit >> 3] ?? 0));
      if (!read.ok || bit < 16 || isCase) continue;
      expect(await session.take(damaged, read.value)).not.toEqual({ ok: true, value: true });
    }
  });

  test("a transfer that is signed less than every 100th message is refused", async () => {
    const { request, take } = await asked();
    for (let sent = 1; sent <= 99; sent += 1) {
      expect(await take(answerTo(request, []))).toEqual({ ok: true, value: false });
    }
    expect(await take(answerTo(request, []))).toEqual({
      ok: false,
      error: "has more than 99 messages in a row without a signature",
    });
  });
});
