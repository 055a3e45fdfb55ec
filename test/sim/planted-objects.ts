/** The parts of planted bugs that change an object or its ports. */
import type { Alarm, ObjectPorts, RegionObject, Sql } from "../../workers/ports.ts";
import { openDatabase } from "../helpers/sqlite.ts";
import type { Alarmed, Parts } from "./parts.ts";

type ConfigPart = ReturnType<Parts["config"]>;

const withPropose = (config: ConfigPart, propose: ConfigPart["propose"]): ConfigPart =>
  new Proxy(config, {
    get: (target, name: keyof ConfigPart) =>
      name === "propose" ? propose : target[name].bind(target),
  });

/** Every delivery looks like the first report of a new isolate. */
export function withoutDedupe(
  region: RegionObject & Alarmed,
  ports: ObjectPorts,
): RegionObject & Alarmed {
  return {
    exchange: (report) => region.exchange({ ...report, isolate: ports.chance.id() }),
    push: (push) => region.push(push),
    probed: (report) => region.probed(report),
    status: () => region.status(),
    events: (after) => region.events(after),
    decisions: (host) => region.decisions(host),
    alarm: () => region.alarm(),
  };
}

/** The first alarms ring; then none does. */
export function lossy(alarm: Alarm): Alarm {
  const LOST_AFTER = 3;
  let set = 0;
  return {
    get: () => alarm.get(),
    set: async (atMs) => {
      set += 1;
      if (set <= LOST_AFTER) await alarm.set(atMs);
    },
  };
}

/** What is so far ahead in seconds is set in milliseconds. */
export const secondsForMs = ({ alarm, clock }: ObjectPorts): Alarm => ({
  get: () => alarm.get(),
  set: (atMs) => alarm.set(clock.nowMs() + 1_000 * (atMs - clock.nowMs())),
});

export const withoutFence = (config: ConfigPart): ConfigPart =>
  withPropose(config, ({ expected: _, ...proposal }) => config.propose(proposal));

/** Compares, asks somebody else, and writes whatever has happened meanwhile. */
export function afterPickUp(config: ConfigPart, ports: ObjectPorts): ConfigPart {
  return withPropose(config, async (proposal) => {
    const { expected, ...change } = proposal;
    const current = (await config.current())?.etag ?? "";
    if (expected !== undefined && expected !== current) return await config.propose(proposal);
    await ports.objects.directory().account("shop.example.com");
    return await config.propose(change);
  });
}

/** What storage refuses to a superseded instance is taken for nothing found, and for written. */
export function deaf(sql: Sql): Sql {
  const unless = <T>(work: () => T, otherwise: () => T): T => {
    try {
      return work();
    } catch (refused) {
      if (!/superseded/.test(String(refused))) throw refused;
      return otherwise();
    }
  };
  return {
    run: (...of) =>
      unless(
        () => sql.run(...of),
        () => [],
      ),
    transaction: (body) => unless(() => sql.transaction(body), body),
  };
}

export const inMemory = (): Sql => openDatabase();
