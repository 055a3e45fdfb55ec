/** The provider as it runs in production: bundled as `local/build.ts` and wrangler bundle, in workerd, on the platform's own ports. */
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../../../../../local/build.ts";
import type { Batch } from "../../../../../routing/dns/change.ts";
import { type RecordSet, setText } from "../../../../../routing/dns/record.ts";
import { fenceOf, stampName } from "../../../../../routing/dns/stamp.ts";
import type { Failure, Listing } from "../../../../../workers/central/dns/provider.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { type Moto, startMoto } from "../../../../servers/moto.ts";
import { OWNER, POLICIES, SAMPLES } from "../contract.ts";
import type { Asked } from "../route53/worker.ts";

const ZONE = "workerd.test";

interface Told {
  readonly answer: { ok: true; value: Listing | null } | { ok: false; error: Failure };
  readonly calls: number;
}

describe.skipIf(serversMissing)(needingServers("Route 53 from inside workerd"), () => {
  let moto: Moto;
  let workerd: Miniflare;
  let zoneId: string;
  beforeAll(async () => {
    moto = await startMoto();
    zoneId = await moto.createZone(ZONE);
    const contents = await bundle("test/workers/central/dns/route53/worker.ts");
    workerd = new Miniflare({
      cf: false,
      workers: [
        {
          config: {
            name: "route53",
            compatibilityDate: "2026-11-01",
            // Without Node's modules, which are on by default.
            compatibilityFlags: [
              "enable_request_signal",
              "no_nodejs_compat",
              "no_nodejs_compat_v2",
            ],
            manifest: {
              mainModule: "main.js",
              modules: { "main.js": { type: "esm", contents } },
            },
          },
        },
      ],
    });
    await workerd.ready;
  });
  afterAll(async () => {
    await workerd?.dispose();
    await moto?.stop();
  });

  const ask = async (batch?: Batch, role?: Partial<Asked["input"]["settings"]>): Promise<Told> => {
    const asked: Asked = {
      input: {
        zone: ZONE,
        owner: OWNER,
        endpoint: moto.endpoint,
        settings: { hosted_zone_id: zoneId, ...role },
        credentials: { access_key_id: "testing", secret_access_key: "testing" },
      },
      ...(batch === undefined ? {} : { batch }),
    };
    const body = JSON.stringify(asked);
    const response = await workerd.dispatchFetch("http://provider/", { method: "POST", body });
    return (await response.json()) as Told;
  };
  const list = async (): Promise<readonly RecordSet[]> => {
    const { answer } = await ask();
    if (!answer.ok) throw new Error(answer.error.detail);
    return answer.value?.sets ?? [];
  };

  test("it lists and writes sets of every type and policy, and reads back what it wrote", async () => {
    const sets: RecordSet[] = [
      ...Object.entries(SAMPLES).flatMap(([type, samples]) =>
        samples.map((set) => ({ ...set, type, name: set.name.replace(/Z$/, ZONE) })),
      ),
      ...Object.entries(POLICIES).map(
        ([kind, policy]): RecordSet => ({
          name: `${kind}.${ZONE}`,
          type: "A",
          ttl: 60,
          values: [],
          policy,
        }),
      ),
    ];
    const stamp = (await list()).find(({ name }) => name === stampName(ZONE, OWNER));
    const { answer, calls } = await ask({
      fence: fenceOf(ZONE, stamp, { owner: OWNER, version: 1, sequence: 1 }),
      changes: sets.map((after) => ({ kind: "create", after })),
    });
    expect(answer).toEqual({ ok: true, value: null });
    // The listing, the health checks, a new one, and the batch.
    expect(calls).toBe(4);
    const found = new Set((await list()).map(setText));
    expect(sets.filter((set) => !found.has(setText(set)))).toEqual([]);
  });

  test("it assumes a role through STS first", async () => {
    const { answer, calls } = await ask(undefined, {
      role_arn: "arn:aws:iam::123456789012:role/dns",
      external_id: "tradewind",
      sts_endpoint: moto.endpoint,
    });
    expect(answer.ok).toBe(true);
    // STS, the listing, and the health checks that it names.
    expect(calls).toBe(3);
  });

  test("a server that is not there is told as unreachable when listing", async () => {
    await moto.stop();
    const { answer } = await ask();
    expect(answer).toMatchObject({ ok: false, error: { kind: "unreachable" } });
  });
});
