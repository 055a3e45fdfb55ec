/**
 * Bugs put into the planet by wrapping one part of it; nothing of the shipped code knows of them. Each stands for an invariant
 * without its guard, or for a family of mistakes, and the checkers must find it.
 */
import type { Beat, Push, RegionView } from "../../routing/exchange.ts";
import { seal } from "../../routing/snapshot.ts";
import type { EndpointId } from "../../routing/units.ts";
import type { EdgePorts, ObjectPorts, RegionObject } from "../../workers/ports.ts";
import { MIXES, type Mix } from "./mixes.ts";
import { type Alarmed, type Parts, shipped } from "./parts.ts";
import {
  afterPickUp,
  deaf,
  inMemory,
  lossy,
  secondsForMs,
  withoutDedupe,
  withoutFence,
} from "./planted-objects.ts";

export interface Planted {
  readonly name: string;
  /** The invariant whose guard is gone; `null`: a family of mistakes. */
  readonly invariant: string | null;
  /** Words of the violation by which it must be found. */
  readonly foundBy: RegExp;
  readonly parts: Parts;
  /** Where it is looked for; absent = on the planet. */
  readonly mix?: Mix;
  /** It takes a coincidence, and more seeds than a test has. */
  readonly isRare?: true;
}

type RegionPart = RegionObject & Alarmed;
type Ejected = NonNullable<RegionView["ejected"]>;

const withRegionPorts = (plant: (ports: ObjectPorts) => ObjectPorts): Parts => ({
  ...shipped,
  region: (ports, region) => shipped.region(plant(ports), region),
});

const withRegion = (plant: (region: RegionPart, ports: ObjectPorts) => RegionPart): Parts => ({
  ...shipped,
  region: (ports, region) => plant(shipped.region(ports, region), ports),
});

const withConfig = (plant: (ports: ObjectPorts) => ObjectPorts): Parts => ({
  ...shipped,
  config: (ports, account) => shipped.config(plant(ports), account),
});

const withEdge = (plant: (ports: EdgePorts) => EdgePorts): Parts => ({
  ...shipped,
  edge: (ports) => shipped.edge(plant(ports)),
});

/** The same object with one method changed. */
const but = <T extends object>(object: T, changed: Partial<T>): T =>
  new Proxy(object, {
    get: (target, name) => {
      const own = (changed as Record<string | symbol, unknown>)[name];
      const value = own ?? (target as Record<string | symbol, unknown>)[name];
      return typeof value === "function" && own === undefined ? value.bind(target) : value;
    },
  });

const withView = (change: (view: RegionView, region: RegionPart) => RegionView): Parts =>
  withRegion((region) =>
    but(region, {
      exchange: async (report) => {
        const beat = await region.exchange(report);
        return { ...beat, view: change(beat.view, region) };
      },
      status: async () => {
        const status = await region.status();
        const { ejected, health } = change(status as unknown as RegionView, region);
        return { ...status, health, ...(ejected === undefined ? {} : { ejected }) };
      },
    }),
  );

const withPush = (change: (push: Push) => Push): Parts =>
  withConfig((ports) => ({
    ...ports,
    objects: {
      ...ports.objects,
      region: (name) => {
        const region = ports.objects.region(name);
        return but(region, { push: (push) => region.push(change(push)) });
      },
    },
  }));

export const PLANTED: readonly Planted[] = [
  {
    name: "a region takes whatever version it is sent, also an older one",
    invariant: "fence-at-commit",
    foundBy: /went back from version|had version/,
    isRare: true,
    parts: withRegion((region) => {
      let pushes = 1_000;
      const push = async (sent: Push) => {
        pushes += 1_000;
        await region.push({ ...sent, version: (sent.version + pushes) as Push["version"] });
        return { version: sent.version };
      };
      return but(region, { push });
    }),
  },
  {
    name: "a table without a host is published",
    invariant: "never-empty",
    foundBy: /without any host/,
    parts: withPush((push) => {
      if (push.version % 3 !== 0) return push;
      const { schema, account, version } = push;
      return { ...push, manifest: seal({ schema, account, version, hosts: {} }), shards: {} };
    }),
  },
  {
    name: "the ejections of a region have no limit",
    invariant: "velocity-limit",
    foundBy: /leaves out \d+ of|ejects the last one/,
    parts: withView((view) => ({ ...view, ejected: everyoneOf(view) })),
  },
  {
    name: "a prober that reaches nobody calls everybody down",
    invariant: "fail-static",
    foundBy: /reached nobody and called/,
    parts: withRegionPorts((ports) => ({
      ...ports,
      fetch: (request) => ports.fetch(request).catch(() => new Response(null, { status: 599 })),
    })),
  },
  {
    name: "an edge whose endpoints are all called down asks none of them",
    invariant: "fail-static (last resort)",
    foundBy: /no-endpoint has no reason|endpoint-failed has no reason/,
    isRare: true,
    parts: { ...shipped, edge: withoutLastResort },
  },
  {
    name: "an edge takes a damaged copy for what it was",
    invariant: "bounded-input",
    foundBy: /which no version .* has for it/,
    parts: withEdge((ports) => ({
      ...ports,
      hash: trusting(ports),
    })),
  },
  {
    name: "an edge rejects one request in fifty",
    invariant: "total-eval",
    foundBy: /rejected/,
    parts: {
      ...shipped,
      edge: (ports) => {
        const edge = shipped.edge(ports);
        return {
          fetch: async (request, waitUntil) => {
            if (ports.chance.uniform() < 0.02) throw new TypeError("undefined is not a rule");
            return await edge.fetch(request, waitUntil);
          },
        };
      },
    },
  },
  {
    name: "an edge sends what failed again until it is answered",
    invariant: "budgeted",
    foundBy: /was tried \d+ times/,
    parts: withEdge((ports) => ({
      ...ports,
      send: async (to, outgoing) => {
        for (let times = 0; times < 5; times += 1) {
          const answer = await ports.send(to, outgoing).catch(() => null);
          if (answer !== null) return answer;
        }
        return await ports.send(to, outgoing);
      },
    })),
  },
  {
    name: "a region does not hear of failures that only traffic sees",
    invariant: "two-views",
    foundBy: /of tries still go to|of all visits ended/,
    parts: withRegion((region) =>
      but(region, { exchange: (report) => region.exchange({ ...report, endpoints: {} }) }),
    ),
    mix: MIXES.gray,
  },
  {
    name: "a change is accepted without a look at the version it was made from",
    invariant: "no-lost-change",
    foundBy: /was accepted from who last saw/,
    parts: { ...shipped, config: (ports, account) => withoutFence(shipped.config(ports, account)) },
  },
  {
    name: "the version is compared when a change is picked up, and not when it is written",
    invariant: null,
    foundBy: /was accepted from who last saw/,
    parts: {
      ...shipped,
      config: (ports, account) => afterPickUp(shipped.config(ports, account), ports),
    },
  },
  {
    name: "an alarm is lost and nobody sets it again",
    invariant: null,
    foundBy: /has not probed for/,
    parts: withRegionPorts((ports) => ({ ...ports, alarm: lossy(ports.alarm) })),
  },
  {
    name: "a superseded ConfigStore goes on publishing, and does not hear that storage refuses it",
    invariant: null,
    foundBy: /is sent the older version/,
    isRare: true,
    parts: withConfig((ports) => ({ ...ports, sql: deaf(ports.sql) })),
  },
  {
    name: "an alarm is set in seconds that are meant in milliseconds",
    invariant: null,
    foundBy: /has not probed for/,
    parts: withRegionPorts((ports) => ({ ...ports, alarm: secondsForMs(ports) })),
  },
  {
    name: "one failure less than the quorum calls an endpoint down",
    invariant: null,
    foundBy: /down after 1 probes/,
    parts: withRegion((region) =>
      but(region, {
        push: (push) =>
          region.push({
            ...push,
            targets: push.targets.map((target) => ({
              ...target,
              monitor: { ...target.monitor, consecutive_down: target.monitor.consecutive_down - 1 },
            })),
          }),
      }),
    ),
  },
  {
    name: "a verdict is swallowed: what a probe throws counts as well",
    invariant: null,
    foundBy: /healthy, which is dead/,
    parts: withRegionPorts((ports) => ({
      ...ports,
      fetch: (request) => ports.fetch(request).catch(() => new Response(null)),
    })),
  },
  {
    name: "an edge goes on using an address that the table no longer has",
    invariant: null,
    foundBy: /which no version .* has for it/,
    parts: { ...shipped, edge: (ports) => shipped.edge(withStickyAddress(ports)) },
  },
  {
    name: "a region folds a report as often as it is delivered",
    invariant: null,
    foundBy: /counted \d+ requests of \d+ reported/,
    parts: withRegion(withoutDedupe),
  },
  {
    name: "a region keeps in memory what it acknowledged",
    invariant: null,
    foundBy: /went back from version|has version null|had version/,
    parts: withRegionPorts((ports) => ({ ...ports, sql: inMemory() })),
  },
  {
    name: "an edge waits for its exchange before it answers, without a limit",
    invariant: null,
    foundBy: /has no answer/,
    parts: { ...shipped, edge: withExchangeOnThePath },
  },
];

/** Everyone of whom traffic has complained is out, and so are all the others of whom it speaks. */
function everyoneOf({ ejected = {}, health, asOfMs }: RegionView): Ejected {
  if (Object.values(health).every(({ healthy }) => healthy)) return ejected;
  const all = Object.keys(health) as EndpointId[];
  return Object.fromEntries(
    all.map((one) => [one, { untilMs: asOfMs + 5_000, reason: "50 % of 4 requests failed" }]),
  );
}

/** What the region calls down is not asked, and when that is everybody, nobody is. */
function withoutLastResort(ports: EdgePorts): ReturnType<Parts["edge"]> {
  let isAllDown = false;
  const region = (name: string): RegionObject => {
    const object = ports.objects.region(name);
    return but(object, {
      exchange: async (report) => {
        const beat: Beat = await object.exchange(report);
        const verdicts = Object.values(beat.view.health);
        isAllDown = verdicts.length > 0 && verdicts.every(({ healthy }) => !healthy);
        return beat;
      },
    });
  };
  const down = () => Promise.reject(new TypeError("nobody is healthy"));
  return shipped.edge({
    ...ports,
    objects: { region },
    send: (to, outgoing) => (isAllDown ? down() : ports.send(to, outgoing)),
  });
}

/** Answers with the hash that was asked for, whatever the text. */
function trusting(ports: EdgePorts): EdgePorts["hash"] {
  return (text) => ports.hash(text.replace(/e(\d+)9\.cloud\.example/, "e$1.cloud.example"));
}

/** After the second manifest every request goes to the address that answered first. */
function withStickyAddress(ports: EdgePorts): EdgePorts {
  let manifests = 0;
  let first: string | null = null;
  const region = (name: string): RegionObject => {
    const object = ports.objects.region(name);
    return but(object, {
      exchange: async (report) => {
        const beat = await object.exchange(report);
        if (beat.manifest !== undefined) manifests += 1;
        return beat;
      },
    });
  };
  return {
    ...ports,
    objects: { region },
    send: (to, outgoing) => {
      const url = new URL(typeof to === "string" ? to : to.url);
      first ??= url.hostname;
      if (manifests > 1) url.hostname = first;
      return ports.send(url.href, outgoing);
    },
  };
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
