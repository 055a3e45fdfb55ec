/** A secret goes where it was sealed for, and nowhere else. */
import { describe, expect, test } from "vitest";
import type { ZoneSync } from "../../../routing/dns/zone.ts";
import { keyOf, PATH, POST, withZone, ZONE } from "./credentials-zone.ts";
import { putJson } from "./planet.ts";
import { SYNC } from "./sync/bench-zone.ts";

describe("where they may be sent", () => {
  const EVIL = "https://evil.example";
  const planWith = async (
    { ask, world }: Awaited<ReturnType<typeof withZone>>,
    sync: Partial<ZoneSync>,
  ) => {
    world.synced.set(ZONE, { ...SYNC, ...sync });
    const answer = await ask(`/v1/zones/${ZONE}/plan`);
    return { status: answer.status, text: await answer.text() };
  };

  test("is bound to them: a zone that would send them elsewhere cannot open them, and is told where they belong", async () => {
    const all = await withZone();
    const credentials = { sealed: (await all.sealed()).sealed };
    const endpoint = "https://powerdns.example:8081/behind/a/path";
    expect((await planWith(all, { credentials, endpoint })).status).toBe(200);
    const moved = await planWith(all, { credentials, endpoint: EVIL });
    expect(moved.status).toBe(503);
    expect(moved.text).toContain("are bound to https://powerdns.example:8081");
    expect(moved.text).toContain(`would send them to ${EVIL}`);
    expect(moved.text).toContain(`PUT ${PATH}?endpoint=`);
    const again = await all.sealed({ api_key: "key" }, `?endpoint=${EVIL}`);
    const sealed = { credentials: { sealed: again.sealed }, endpoint: EVIL };
    expect((await planWith(all, sealed)).status).toBe(200);
  });

  test.each<readonly [ZoneSync["provider"], object, object]>([
    [
      "route53",
      { access_key_id: "a", secret_access_key: "b" },
      { role_arn: "r", sts_endpoint: EVIL },
    ],
    ["google", { client_email: "a@b", private_key: "k" }, { token_uri: `${EVIL}/token` }],
    ["azure", { client_secret: "s" }, { authority: EVIL }],
  ])(
    "is the vendor's own when nothing is said, of %s in every setting",
    async (provider, secret, settings) => {
      const all = await withZone();
      const answer = await all.sealed(secret, `?provider=${provider}`);
      expect(answer.endpoints).toHaveLength(2);
      const credentials = { sealed: answer.sealed };
      expect((await planWith(all, { provider, credentials })).status).toBe(200);
      for (const stray of [{ endpoint: EVIL }, { settings: { ...settings } }]) {
        const { status, text } = await planWith(all, { provider, credentials, ...stray });
        expect([status, text]).toEqual([503, expect.stringContaining(`send them to ${EVIL}`)]);
      }
    },
  );

  test("is every URL that is given, and then not the vendor's own", async () => {
    const all = await withZone();
    const query = "?provider=azure&endpoint=https://arm.test/&endpoint=https://login.test";
    const answer = await all.sealed({ client_secret: "s" }, query);
    expect(answer.endpoints).toEqual(["https://arm.test", "https://login.test"]);
    const credentials = { sealed: answer.sealed };
    const own = { endpoint: "https://arm.test", settings: { authority: "https://login.test/x" } };
    expect((await planWith(all, { provider: "azure", credentials, ...own })).status).toBe(200);
    expect((await planWith(all, { provider: "azure", credentials })).status).toBe(503);
  });

  test("has to be said where there is no vendor's own, and a text that is none is refused and not told", async () => {
    const { ask, list } = await withZone();
    const many = Array(9).fill("endpoint=https://a.example").join("&");
    for (const [query, why] of [
      ["", "?endpoint="],
      ["?endpoint=", "is not a URL"],
      ["?endpoint=https://u:canary@powerdns.example", "carries a user"],
      ["?endpoint=https://powerdns.example&endpoint=canary", "is not a URL"],
      [`?${many}`, "at most 8"],
      ["?provider=rfc2136&endpoint=https://canary.example", "is not a host and a port"],
    ] as const) {
      const answer = await ask(`${PATH}${query}`, putJson({ api_key: "k" }));
      const text = await answer.text();
      expect([query, answer.status, text]).toEqual([query, 400, expect.stringContaining(why)]);
      expect(text).not.toContain("canary");
    }
    expect(await list()).toEqual([]);
  });

  test("is kept when they are sealed again", async () => {
    const all = await withZone();
    const credentials = { sealed: (await all.sealed()).sealed };
    all.world.variables["TW_KEK_2"] = keyOf("2");
    await all.ask(`${PATH}/rotate`, POST);
    const endpoint = "https://powerdns.example:8081";
    expect((await planWith(all, { credentials, endpoint })).status).toBe(200);
    expect((await planWith(all, { credentials, endpoint: EVIL })).status).toBe(503);
  });

  test("is what the row says, and a row that was changed does not open", async () => {
    const all = await withZone();
    const credentials = { sealed: (await all.sealed()).sealed };
    const origins = JSON.stringify([EVIL]);
    all.world.databases.get(ZONE)?.run("UPDATE credentials SET origins = ?", origins);
    const { status, text } = await planWith(all, { credentials, endpoint: EVIL });
    expect([status, text]).toEqual([
      503,
      expect.stringContaining("another account, zone, provider or endpoint"),
    ]);
  });

  test("may be said in a variable, which else goes wherever the zone says", async () => {
    const all = await withZone();
    const credentials = { env: "TW_CRED_A" };
    const endpoint = "https://powerdns.example:8081";
    const plan = (value: object, at: string) => {
      all.world.variables["TW_CRED_A"] = JSON.stringify({ api_key: "k", ...value });
      return planWith(all, { credentials, endpoint: at });
    };
    expect((await plan({}, EVIL)).status).toBe(200);
    for (const bound of [endpoint, ["https://other.example", endpoint]]) {
      expect((await plan({ endpoint: bound }, endpoint)).status).toBe(200);
      const { status, text } = await plan({ endpoint: bound }, EVIL);
      expect([status, text]).toEqual([503, expect.stringContaining(`would send it to ${EVIL}`)]);
    }
    for (const none of [[], "powerdns", 7, null, ""]) {
      expect((await plan({ endpoint: none }, EVIL)).text).toContain("bound to no endpoint");
    }
  });
});
