/** The providers in the runtime in which they are used. */
import { Miniflare } from "miniflare";
import { expect, test } from "vitest";
import { bundle } from "../../../../local/build.ts";
import { stampSet } from "../../../../routing/dns/stamp.ts";
import { CloudflareServer } from "../../../vendors/cloudflare/server.ts";
import { ExternalDnsServer } from "../../../vendors/external-dns/server.ts";
import * as azureSubject from "./azure/subject.ts";
import * as googleSubject from "./google/subject.ts";
import type { Asked } from "./in-workerd.ts";

const zone = "shop.test";
const zoneId = "a".repeat(32);
const token = "for-tests";

test("in workerd they write, are fenced when they write again, and list what is there", async () => {
  const [cloudflare, webhook, google, azure] = await Promise.all([
    new CloudflareServer({
      zones: [{ id: zoneId, name: zone, plan: "free" }],
      tokens: [{ token, permissions: ["DNS Read", "DNS Write"] }],
    }).start(),
    new ExternalDnsServer({ domains: [zone] }).start(),
    googleSubject.startServer(),
    azureSubject.startServer(),
  ]);
  const contents = await bundle("test/workers/central/dns/in-workerd.ts");
  const modules = { "main.js": { type: "esm" as const, contents } };
  const runtime = new Miniflare({
    cf: false,
    workers: [
      {
        config: {
          name: "providers",
          compatibilityDate: "2026-11-01",
          compatibilityFlags: ["enable_request_signal"],
          manifest: { mainModule: "main.js", modules },
        },
      },
    ],
  });
  try {
    const asked: Asked = {
      zone,
      zoneId,
      token,
      cloudflare: cloudflare.url,
      webhook: webhook.url,
      google: googleSubject.inputOf(google),
      azure: azureSubject.inputOf(azure),
    };
    const answer = await fetch(await runtime.ready, {
      method: "POST",
      body: JSON.stringify(asked),
    });
    const sets = [
      stampSet(zone, { owner: "o", version: 1, sequence: 1 }),
      { name: `a.${zone}`, type: "A", ttl: 60, values: ["192.0.2.1", "192.0.2.2"] },
    ];
    const told = { kinds: ["written", "fenced", "unreachable"], sets };
    expect(await answer.json()).toEqual({
      cloudflare: told,
      webhook: told,
      google: told,
      azure: told,
    });
  } finally {
    const servers = [cloudflare, webhook, google, azure];
    await Promise.all([runtime.dispose(), ...servers.map((server) => server.stop())]);
  }
});
