import { expect, test } from "vitest";
import { bundle } from "../../../../../local/build.ts";

test("of the vendor's client only its core and the DNS records are bundled", async () => {
  const text = await bundle("workers/central/dns/cloudflare.ts");
  const files = Array.from(text.matchAll(/^\/\/ (?:.*\/)?cloudflare\/resources\/(\S+)$/gm));
  expect(files.map(([, file]) => file)).toEqual(["dns/records.mjs"]);
});
