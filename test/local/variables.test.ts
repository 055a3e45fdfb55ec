import { expect, test } from "vitest";
import { centralVariables } from "../../local/variables.ts";

test("central is handed keys, credentials and the freeze switch, and nothing else of the environment", () => {
  const handed = { TW_KEK_1: "a", TW_CRED_PDNS: "b", TW_FREEZE: "1" };
  const kept = {
    PATH: "/bin",
    TRADEWIND_API_TOKEN: "t",
    MY_TW_KEK_1: "c",
    TW_CRED_: "d",
    TW_CRED_lower: "e",
    TW_FREEZE_NOT: "f",
    TW_KEK_2: undefined,
  };
  expect(centralVariables({ ...handed, ...kept })).toEqual(handed);
});
