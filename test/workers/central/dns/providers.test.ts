import { expect, test } from "vitest";
import { PROVIDERS } from "../../../../routing/dns/abilities.ts";
import type { Intent } from "../../../../routing/dns/intent.ts";
import { CREDENTIALS, SETTINGS } from "../../../../routing/dns/settings.ts";
import { makeProvider } from "../../../../workers/central/dns/providers.ts";
import { SYNC } from "../sync/bench-zone.ts";
import { LEAST } from "./least.ts";

const never = () => Promise.reject(new Error("nobody is called before a look"));
const ports = {
  clock: { nowMs: () => 0 },
  timers: { wait: never, deadline: () => new AbortController().signal },
  fetch: never,
  dial: never,
};

test.each(PROVIDERS)("%s is made of what its schemas take, without a call", (provider) => {
  const [given, secret, endpoint] = LEAST[provider];
  const settings = SETTINGS[provider].parse(given);
  const sync = { ...SYNC, provider, settings, ...(endpoint === undefined ? {} : { endpoint }) };
  const made = makeProvider(
    { sync } as unknown as Intent,
    CREDENTIALS[provider].parse(secret),
    ports,
  );
  if (!made.ok) throw new Error(made.error.detail);
  expect(made.value.abilities.types).toContain("TXT");
  expect(made.value.calls).toBe(0);
});
