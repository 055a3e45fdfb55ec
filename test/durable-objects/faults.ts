/** Faults around the ports, set by a test in the isolate it shares with the worker. */
import type { ObjectPorts } from "../../workers/ports.ts";

export const faults = {
  /** Regions whose objects cannot be reached. */
  regionsDown: new Set<string>(),
  kvDown: false,
  /** Every KV call in order: `put key`, `delete key`. */
  kvCalls: [] as string[],
  /** Told at the beginning of every fetch: the URLs that wait for an answer now, this one included. */
  opened: (_urls: readonly string[]): void => {},
};

const waiting = new Set<Request>();

const down = () => Promise.reject(new Error("made to fail"));

export const faulty = (ports: ObjectPorts): ObjectPorts => ({
  ...ports,
  async fetch(request) {
    waiting.add(request);
    faults.opened([...waiting].filter(({ signal }) => !signal.aborted).map(({ url }) => url));
    try {
      return await ports.fetch(request);
    } finally {
      waiting.delete(request);
    }
  },
  objects: {
    ...ports.objects,
    region(region) {
      const object = ports.objects.region(region);
      return {
        exchange: (report) => object.exchange(report),
        push: (push) => (faults.regionsDown.has(region) ? down() : object.push(push)),
        probed: (report) => (faults.regionsDown.has(region) ? down() : object.probed(report)),
        status: () => object.status(),
        events: (after) => object.events(after),
        decisions: (host) => object.decisions(host),
      };
    },
  },
  kv: {
    get: (key) => ports.kv.get(key),
    put(key, value) {
      faults.kvCalls.push(`put ${key}`);
      return faults.kvDown ? down() : ports.kv.put(key, value);
    },
    delete(key) {
      faults.kvCalls.push(`delete ${key}`);
      return faults.kvDown ? down() : ports.kv.delete(key);
    },
  },
});
