import { describe, expect, test } from "vitest";
import { CANARY, foundIn } from "./canary.ts";

const secret = CANARY.secretAccessKey;
const bytes = Buffer.from(secret);

describe("a secret is found", () => {
  test.each([
    ["as it is", secret],
    ["in hex", bytes.toString("hex")],
    ["in a URL", `?key=${encodeURIComponent(secret)}`],
    ["in a JSON text", JSON.stringify({ key: secret })],
    ["in a JSON text in a JSON text", JSON.stringify(JSON.stringify({ key: secret }))],
    ["in base64", bytes.toString("base64")],
    ["in base64 behind one byte", Buffer.from(`{${secret}}`).toString("base64")],
    ["in base64 behind two", Buffer.from(`:"${secret}"}`).toString("base64")],
    ["in base64 of URLs", Buffer.from(`user:${secret}@`).toString("base64url")],
  ])("%s", (_how, text) => {
    expect(foundIn(`before ${text} after`, ["another", secret])).toEqual([1]);
  });

  test("and not where it is not", () => {
    expect(foundIn("the first half of it is canary/", [secret])).toEqual([]);
  });
});
