import { describe, expect, test } from "vitest";
import { PROVIDERS } from "../../../../routing/dns/abilities.ts";
import type { Intent } from "../../../../routing/dns/intent.ts";
import { makeProvider } from "../../../../workers/central/dns/providers.ts";
import { SYNC } from "../sync/bench-zone.ts";

const never = () => Promise.reject(new Error("nobody is called before a look"));
const ports = {
  clock: { nowMs: () => 0 },
  timers: { wait: never, deadline: () => new AbortController().signal },
  fetch: never,
  dial: never,
};

describe("a provider", () => {
  test.each(PROVIDERS)("%s is made, or refused as not in this build, by its name", (provider) => {
    const intent = { sync: { ...SYNC, provider, domain: "shop.test" } } as Intent;
    const made = makeProvider(intent, {}, ports);
    if (made.ok) expect(made.value.abilities.types).toContain("A");
    else {
      expect(made.error.kind).toBe("rejected");
      expect(made.error.detail).toContain(
        `The provider ${provider} of shop.test is not in this build`,
      );
    }
  });
});
