import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newestKey, seal, unseal } from "../../../../workers/central/sync/seal.ts";

const keyOf = (letter: string) => btoa(letter.repeat(32));
const ONE = { TW_KEK_1: keyOf("1") };
const BOTH = { ...ONE, TW_KEK_2: keyOf("2") };
const PURPOSE = {
  account: "default",
  zone: "shop.test",
  provider: "powerdns",
  id: "a".repeat(32),
  origins: ["https://powerdns.example"],
};
const IV = "0123456789abcdef0123456789abcdef";

async function sealed(secret: string, variables: Record<string, string> = ONE, iv = IV) {
  const result = await seal(secret, PURPOSE, variables, iv);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe("a sealed secret", () => {
  test("opens to what was sealed, whatever it says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (secret) => {
        expect(await unseal(await sealed(secret), PURPOSE, ONE)).toEqual({
          ok: true,
          value: secret,
        });
      }),
    );
  });

  test("is longer than the secret by its tag only, and another one under each nonce", async () => {
    const first = await sealed("secret");
    const second = await sealed("secret", ONE, IV.replaceAll("0", "f"));
    expect(atob(first.ciphertext)).toHaveLength("secret".length + 16);
    expect(atob(first.iv)).toHaveLength(12);
    expect([first.iv === second.iv, first.ciphertext === second.ciphertext]).toEqual([
      false,
      false,
    ]);
  });

  test.each(["account", "zone", "provider", "id"] as const)(
    "does not open for another %s",
    async (field) => {
      const opened = await unseal(await sealed("secret"), { ...PURPOSE, [field]: "other" }, ONE);
      expect(opened).toMatchObject({ ok: false, error: expect.stringContaining("TW_KEK_1") });
    },
  );

  test("does not open for another place to send it to", async () => {
    const { origins } = PURPOSE;
    for (const others of [[], ["https://evil.example"], [...origins, "https://evil.example"]]) {
      const opened = await unseal(await sealed("secret"), { ...PURPOSE, origins: others }, ONE);
      expect(opened).toMatchObject({ ok: false, error: expect.stringContaining("endpoint") });
    }
  });

  test("does not open when a bit of it was turned", async () => {
    const whole = await sealed("secret");
    const bytes = [...atob(whole.ciphertext)].map((character) => character.charCodeAt(0));
    for (const at of bytes.keys()) {
      const turned = bytes.map((byte, place) =>
        String.fromCharCode(place === at ? byte ^ 1 : byte),
      );
      const ciphertext = btoa(turned.join(""));
      expect(await unseal({ ...whole, ciphertext }, PURPOSE, ONE)).toMatchObject({ ok: false });
    }
    for (const broken of [{ iv: "?" }, { ciphertext: "?" }, { iv: "" }, { ciphertext: "" }]) {
      expect(await unseal({ ...whole, ...broken }, PURPOSE, ONE)).toMatchObject({ ok: false });
    }
  });
});

describe("keys", () => {
  test("the one with the highest number seals, and those before it still open", async () => {
    const numbers = { TW_KEK_9: keyOf("9"), TW_KEK_10: keyOf("x"), TW_KEK_2: keyOf("2") };
    expect(newestKey(numbers)).toEqual({ ok: true, value: "TW_KEK_10" });
    const old = await sealed("secret");
    expect((await sealed("secret", BOTH)).key).toBe("TW_KEK_2");
    expect(await unseal(old, PURPOSE, BOTH)).toEqual({ ok: true, value: "secret" });
  });

  test("without one nothing is sealed, and it is told how to make one", async () => {
    const none = { TW_KEK_0: keyOf("0"), TW_KEK_X: keyOf("x"), OTHER: keyOf("o") };
    const result = await seal("secret", PURPOSE, none, IV);
    expect(result).toMatchObject({ ok: false, error: expect.stringContaining("TW_KEK_1") });
  });

  test.each([["not base64"], [btoa("short")], [btoa("x".repeat(33))], [""]])(
    "%j is no key: it is named, and no older one is used instead",
    async (text) => {
      const result = await seal("secret", PURPOSE, { ...ONE, TW_KEK_2: text }, IV);
      const error = expect.stringContaining("TW_KEK_2 of central is not 32 bytes");
      expect(result).toEqual({ ok: false, error });
    },
  );

  test("one that was taken away, or is another by now, is named", async () => {
    const old = await sealed("secret");
    const { TW_KEK_2 } = BOTH;
    expect(await unseal(old, PURPOSE, { TW_KEK_2 })).toMatchObject({
      error: expect.stringMatching(/TW_KEK_1.*no such secret any more/),
    });
    expect(await unseal(old, PURPOSE, { TW_KEK_1: TW_KEK_2 })).toMatchObject({
      error: expect.stringMatching(/TW_KEK_1.*another key by now/),
    });
  });
});
