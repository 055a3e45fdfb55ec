import { expect, test } from "vitest";
import { canSay } from "../../../routing/dns/abilities.ts";

test("a policy can be said where the provider has it, for the types that it has it for", () => {
  const addresses = { policies: ["failover"], policyTypes: ["A"] } as const;
  expect([
    canSay(addresses, "failover", "A"),
    canSay(addresses, "failover", "CNAME"),
    canSay(addresses, "weighted", "A"),
    canSay({ policies: ["weighted"] }, "weighted", "CNAME"),
  ]).toEqual([true, false, false, true]);
});
