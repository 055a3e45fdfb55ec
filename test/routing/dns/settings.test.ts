import { describe, expect, test } from "vitest";
import { SETTINGS } from "../../../routing/dns/settings.ts";

const google = { project: "shop-dns", managed_zone: "shop-test" };
const azure = {
  subscription_id: "11111111-2222-4333-8444-555555555555",
  resource_group: "shop_dns.(1)",
  tenant_id: "shop.example",
  client_id: "66666666-7777-4888-8999-000000000000",
};

describe("what becomes a part of a provider's URL", () => {
  test.each([
    ["google", google],
    ["google", { project: "example.com:shop-dns", managed_zone: "1234567890" }],
    ["azure", azure],
    ["azure", { ...azure, tenant_id: azure.client_id, authority: "https://login.test" }],
  ] as const)("%s: %j is taken", (kind, settings) => {
    expect(SETTINGS[kind].safeParse(settings).success).toBe(true);
  });

  test.each([
    ["google", { ...google, project: ".." }],
    ["google", { ...google, project: "a/b" }],
    ["google", { ...google, managed_zone: "." }],
    ["google", { ...google, managed_zone: "shop-" }],
    ["google", { ...google, managed_zone: "a".repeat(64) }],
    ["azure", { ...azure, resource_group: ".." }],
    ["azure", { ...azure, resource_group: "a/b" }],
    ["azure", { ...azure, resource_group: "a".repeat(91) }],
    ["azure", { ...azure, tenant_id: "../common" }],
    ["azure", { ...azure, tenant_id: ".." }],
    ["azure", { ...azure, subscription_id: "mine" }],
  ] as const)("%s: %j is refused", (kind, settings) => {
    expect(SETTINGS[kind].safeParse(settings).success).toBe(false);
  });
});
