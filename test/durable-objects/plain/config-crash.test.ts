import { beforeAll, expect, test, vi } from "vitest";
import { brokenLink } from "../../../durable-objects/config/audit.ts";
import { Config } from "../../../durable-objects/config/config.ts";
import { HostnameDirectory } from "../../../durable-objects/directory/directory.ts";
import { manifestKey, REGIONS, shardKey } from "../../../routing/names.ts";
import { ok } from "../../../routing/result.ts";
import { readManifest } from "../../../routing/snapshot.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { TableVersion } from "../../../routing/units.ts";
import type { DirectoryObject, RegionObject } from "../../../workers/ports.ts";
import { type Crash, ObjectWorld } from "../../helpers/object-ports.ts";
import { openDatabase } from "../../helpers/sqlite.ts";
import { wholeIn } from "../../helpers/stored.ts";

const documentOf = (hostnames: readonly string[], weight: number) => ({
  pools: { p: { origins: [{ name: "o", address: "a.example.net", weight }] } },
  load_balancers: Object.fromEntries(
    hostnames.map((hostname) => [hostname, { default_pools: ["p"], fallback_pool: "p" }]),
  ),
});

const SETTING = { account: "acme", addresses: anyAddresses };
const by = { actor: "ann", note: "why" };

/** One store with three changes to make, whatever happens to its instances on the way. */
class Story {
  readonly held = new Map<string, TableVersion>();
  readonly claims = openDatabase();
  readonly directory: DirectoryObject = new HostnameDirectory({ sql: this.claims });
  readonly world: ObjectWorld;
  store: Config | null = null;

  constructor(crash?: Crash) {
    const region = (name: string) =>
      ({
        push: async ({ version }) => {
          this.held.set(name, version);
          return { version };
        },
      }) as Partial<RegionObject> as RegionObject;
    this.world = new ObjectWorld({
      objects: { region, directory: () => this.directory },
      ...(crash === undefined ? {} : { crash }),
    });
  }

  /** A caller that asks again until it has an answer, as an operator does. */
  async #ask<T>(question: (store: Config) => Promise<T>): Promise<T> {
    for (let times = 0; ; times++) {
      try {
        this.store ??= new Config(this.world.ports(), SETTING);
        const answer = question(this.store);
        // An answer that never comes, because its instance ended, is an error to the caller.
        const ended = new Promise<never>((_, reject) =>
          this.world.kernel.schedule(60_000, () => reject(new Error("no answer"))),
        );
        const first = Promise.race([answer, ended]);
        first.catch(() => {});
        await this.world.kernel.run(10);
        if (this.world.crashed) await this.world.kernel.run(60_000);
        return await first;
      } catch (error) {
        if (times > 3) throw error;
        this.store = null;
      }
    }
  }

  async #change(
    version: number,
    make: (store: Config, expected: string) => Promise<{ ok: boolean }>,
  ) {
    for (let times = 0; times < 4; times++) {
      const current = await this.#ask((store) => store.current());
      if ((current?.version ?? 0) >= version) return;
      await this.#ask((store) => make(store, current?.etag ?? ""));
    }
  }

  async tell(): Promise<void> {
    const propose =
      (hostnames: readonly string[], weight: number) => (store: Config, expected: string) =>
        store.propose({ ...by, expected, document: documentOf(hostnames, weight) });
    await this.#change(1, propose(["a.example.com", "b.example.com"], 1));
    await this.#change(2, propose(["a.example.com"], 0.5));
    await this.#change(3, (store, expected) => store.restore(1, { ...by, expected }));
    for (let times = 0; times < 3; times++) {
      await this.#ask((store) => store.current());
      await this.world.run(120_000, async () => {
        this.store ??= new Config(this.world.ports(), SETTING);
        await this.store.alarm();
      });
      if (this.world.crashed) this.store = null;
    }
  }

  async check(): Promise<void> {
    const store = new Config(this.world.ports(), SETTING);
    const rows = await store.audit(0);
    expect(brokenLink(rows, null)).toBeNull();
    expect(rows.map((row) => [row.version, row.action])).toEqual([
      [1, "propose"],
      [2, "propose"],
      [3, "restore"],
    ]);
    expect((await store.versions()).map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(await store.version(3)).toMatchObject({ document: (await store.version(1))?.document });
    expect([...this.held.values()]).toEqual(REGIONS.map(() => 3));
    expect(Object.values(await store.pushes()).map(({ acked }) => acked)).toEqual(
      REGIONS.map(() => 3),
    );
    this.#checkKv();
    for (const hostname of ["a.example.com", "b.example.com"]) {
      expect(await this.directory.account(hostname)).toBe("acme");
    }
  }

  #checkKv() {
    const manifest = wholeIn(this.world.kv.get(manifestKey("acme")) ?? "");
    const read = readManifest(manifest?.text ?? "");
    expect(read).toMatchObject(ok({ version: 3 }));
    const hosts = read.ok ? Object.values(read.value.hosts) : [];
    expect(hosts).toHaveLength(2);
    for (const hash of hosts)
      expect(wholeIn(this.world.kv.get(shardKey(hash)) ?? "")).not.toBeNull();
  }
}

beforeAll(() => {
  // An instance that was made to end complains until it notices.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

test("without a crash three changes reach everybody", async () => {
  const story = new Story();
  await story.tell();
  await story.check();
});

test.each(["the effect", "nothing"] as const)(
  "an instance that ends at any step, after %s, loses no change and no push",
  async (after) => {
    const calm = new Story();
    await calm.tell();
    const { steps } = calm.world;
    expect(steps).toBeGreaterThan(100);
    for (let atStep = 1; atStep <= steps; atStep++) {
      const story = new Story({ atStep, after });
      await story.tell();
      await story.check().catch((error: unknown) => {
        throw new Error(`crash at step ${atStep} of ${steps}`, { cause: error });
      });
    }
  },
);
