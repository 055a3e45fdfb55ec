/**
 * Bugs put into the planet by wrapping one part of it; nothing of the shipped code knows of them. Each stands for a
 * family of mistakes, and the checkers must find it.
 */
import type { Alarm, EdgePorts, ObjectPorts, RegionObject } from "../../workers/ports.ts";
import { openDatabase } from "../helpers/sqlite.ts";
import { type Alarmed, type Parts, shipped } from "./parts.ts";

export interface Planted {
  readonly name: string;
  /** Words of the violation by which it must be found. */
  readonly foundBy: RegExp;
  readonly parts: Parts;
}

const withRegion = (plant: (ports: ObjectPorts) => ObjectPorts): Parts => ({
  ...shipped,
  region: (ports, region) => shipped.region(plant(ports), region),
});

export const PLANTED: readonly Planted[] = [
  {
    name: "an edge goes on using an address that the table no longer has",
    foundBy: /which no version .* has for it/,
    parts: { ...shipped, edge: (ports) => shipped.edge(withStickyAddress(ports)) },
  },
  {
    name: "a region folds a report as often as it is delivered",
    foundBy: /counted \d+ requests of \d+ reported/,
    parts: {
      ...shipped,
      region: (ports, region) => withoutDedupe(shipped.region(ports, region), ports),
    },
  },
  {
    name: "an alarm is lost and nobody sets it again",
    foundBy: /has not probed for/,
    parts: withRegion((ports) => ({ ...ports, alarm: lossy(ports.alarm) })),
  },
  {
    name: "a region keeps in memory what it acknowledged",
    foundBy: /went back from version|has version null/,
    parts: withRegion((ports) => ({ ...ports, sql: openDatabase() })),
  },
  {
    name: "a change is accepted without a look at the version it was made from",
    foundBy: /was accepted from who last saw/,
    parts: { ...shipped, config: (ports, account) => withoutFence(shipped.config(ports, account)) },
  },
  {
    name: "an edge waits for its exchange before it answers, without a limit",
    foundBy: /has no answer/,
    parts: { ...shipped, edge: withExchangeOnThePath },
  },
];

/** After the second manifest every request goes to the address that answered first. */
function withStickyAddress(ports: EdgePorts): EdgePorts {
  let manifests = 0;
  let first: string | null = null;
  return {
    ...ports,
    objects: {
      region: (name) => ({
        ...(ports.objects.region(name) as RegionObject),
        exchange: async (report) => {
          const beat = await ports.objects.region(name).exchange(report);
          if (beat.manifest !== undefined) manifests += 1;
          return beat;
        },
      }),
    },
    send: (to, outgoing) => {
      const url = new URL(typeof to === "string" ? to : to.url);
      first ??= url.hostname;
      if (manifests > 1) url.hostname = first;
      return ports.send(url.href, outgoing);
    },
  };
}

/** Every delivery looks like the first report of a new isolate. */
function withoutDedupe(region: RegionObject & Alarmed, ports: ObjectPorts): RegionObject & Alarmed {
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
function lossy(alarm: Alarm): Alarm {
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

type ConfigPart = ReturnType<Parts["config"]>;

function withoutFence(config: ConfigPart): ConfigPart {
  const propose: ConfigPart["propose"] = ({ expected: _, ...proposal }) => config.propose(proposal);
  return new Proxy(config, {
    get: (target, name: keyof ConfigPart) =>
      name === "propose" ? propose : target[name].bind(target),
  });
}

function withExchangeOnThePath(ports: EdgePorts): ReturnType<Parts["edge"]> {
  const endless = { ...ports.timers, after: () => () => {} };
  const edge = shipped.edge({ ...ports, timers: endless });
  return {
    async fetch(request, waitUntil) {
      const background: Promise<unknown>[] = [];
      const answer = await edge.fetch(request, (work) => background.push(work));
      background.forEach(waitUntil);
      await Promise.all(background);
      return answer;
    },
  };
}
