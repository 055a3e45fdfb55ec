/** Somebody else in the same zone, who has records of his own and lays hands on ours. */
import { markSet, readMark } from "../../../routing/dns/mark.ts";
import { type RecordSet, setKey } from "../../../routing/dns/record.ts";
import { pick } from "../random.ts";
import type { Timeline } from "../timeline.ts";
import type { FaultyZone } from "./faulty-zone.ts";
import { DOMAIN, GUEST, HOSTS, NAMES, OWNER } from "./versions.ts";

export class Foreign {
  /** As he last wrote them: nobody else may change these. */
  readonly own = new Map<string, RecordSet>();
  isActing = false;
  readonly #zone: FaultyZone;
  readonly #handedOver: readonly string[];
  readonly #timeline: Timeline;
  readonly #rng: () => number;
  #made = 0;

  /** `handedOver`: his names that the operator was given. */
  constructor(
    zone: FaultyZone,
    handedOver: readonly string[],
    timeline: Timeline,
    rng: () => number,
  ) {
    this.#zone = zone;
    this.#handedOver = handedOver;
    this.#timeline = timeline;
    this.#rng = rng;
  }

  #isOurs(name: string): boolean {
    const { sets } = this.#zone.model;
    // What stands beside a mark of ours is ours, whoever put it there.
    return ["A", "CNAME"].some(
      (type) =>
        (sets.has(`${name} ${type}`) && !this.own.has(`${name} ${type}`)) ||
        readMark(sets.get(`${type.toLowerCase()}-${name} TXT`))?.owner === OWNER,
    );
  }

  act(): void {
    this.isActing = true;
    const { model } = this.#zone;
    const ours = [...NAMES, ...HOSTS].flatMap((name) =>
      ["A", "AAAA"].flatMap((type) => model.sets.get(`${name} ${type}`) ?? []),
    );
    const victim = ours.length > 0 && this.#rng() < 0.5 ? pick(ours, this.#rng) : null;
    if (victim === null) {
      this.#made += 1;
      // One of his names is one that we want now and then.
      const label =
        this.#made % 4 === 0 && !this.#isOurs(GUEST)
          ? GUEST
          : `foreign-${this.#made % 4}.${DOMAIN}`;
      const set = {
        name: label,
        type: "A",
        ttl: 300,
        values: [`203.0.113.${this.#made % 250}`],
      };
      const isHandedOver = this.#handedOver.includes(label);
      const mark = markSet(DOMAIN, set, { owner: "other", resource: "tradewind/record" });
      for (const one of isHandedOver ? [set] : [set, mark]) {
        if (!isHandedOver) this.own.set(setKey(one), one);
        model.put(one);
      }
      this.#timeline.note("foreign record", set.name);
    } else if (this.#rng() < 0.5) {
      model.remove(victim.name, victim.type);
      this.#timeline.note("foreign deletion", victim.name);
    } else {
      model.put({ ...victim, values: [victim.type === "A" ? "203.0.113.250" : "2001:db8::250"] });
      this.#timeline.note("foreign edit", victim.name);
    }
    this.isActing = false;
  }
}
