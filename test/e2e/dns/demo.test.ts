import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { needingServers, serversMissing } from "../../servers/find.ts";

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, "../../../local/demo/dns.ts");

describe.skipIf(serversMissing)(needingServers("the DNS demo"), () => {
  test("tells every answer that moved, and passes", async () => {
    const { stdout } = await run(process.execPath, [SCRIPT]);
    for (const server of ["PowerDNS", "BIND"]) {
      expect(stdout).toMatch(new RegExp(`${server} +www.shop.test → 127.0.2.1 127.0.2.2$`, "m"));
      expect(stdout).toMatch(new RegExp(`${server} +api.shop.test → 127.0.1.1 127.0.1.2$`, "m"));
    }
    expect(stdout).toMatch(/^PASS: /m);
  }, 600_000);
});

test("the DNS demo without servers ends at once, and says what brings them", async () => {
  const env = { ...process.env, TRADEWIND_SERVERS: join(import.meta.dirname, "nowhere") };
  const ended = await run(process.execPath, [SCRIPT], { env }).catch((error) => error);
  expect([ended.code, ended.stderr]).toEqual([
    1,
    "Tradewind: no DNS server is found, neither PowerDNS nor BIND. To have them: .ci/install-servers .tradewind/servers\n",
  ]);
});
