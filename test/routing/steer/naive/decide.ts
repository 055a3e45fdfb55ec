/**
 * What `decide` answers, worked out in the plainest way: every endpoint of every pool is looked at for every request,
 * levels by Envoy's formula as it is written down, draws by walking. The model that the real one is compared with.
 *
 * Not for `dynamic_latency`, for which pools are ordered by what was learnt, nor for sessions.
 */
import { returningShare, standingOf } from "../../../../routing/health/available.ts";
import type { Rng } from "../../../../routing/rng.ts";
import type { DecideInput } from "../../../../routing/steer/decide.ts";
import { hash32, joined } from "../../../../routing/steer/hash32.ts";
import { orderOf } from "../../../../routing/steer/order.ts";
import { type PlannedEndpoint, type PlannedPool, planOf } from "../../../../routing/steer/plan.ts";
import { settledShare } from "../../../../routing/steer/spill.ts";
import { type NaiveView, naivePick } from "./pick.ts";

interface NaiveStage {
  readonly kind: "sound" | "doubtful" | "panic" | "last-resort";
  readonly planned: PlannedPool;
  readonly views: readonly NaiveView[];
  /** By the place of a level. */
  readonly shares: readonly number[];
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const weigh = (some: readonly { readonly weight: number }[]) => sum(some.map((one) => one.weight));

export function naiveDecide(input: DecideInput, nowMs: number, rng: Rng): readonly string[] {
  const { shard, asker, know, triesMax } = input;
  const plan = planOf(shard);
  const pools = orderOf(plan, asker, know, rng);
  const looked = [...pools];
  if (plan.fallback !== undefined && !looked.includes(plan.fallback)) looked.push(plan.fallback);
  const all = looked.map((pool) => look(pool, input, nowMs));
  const isSound = (one: Looked) => one.isAvailable && one.sound.length > 0;
  const own = all.slice(0, pools.length);
  const first = own.find(isSound);
  const settled = own.find((one) => isSound(one) && one.returning >= 1);
  let order = all;
  if (first && settled && first.returning < 1 && rng() >= first.returning) {
    order = [settled, ...all.filter((one) => one !== settled)];
  }
  const usable = [...order.filter(isSound), ...order.filter((o) => o.isAvailable && !isSound(o))];
  const stages: NaiveStage[] = usable.map((one) =>
    usable.length === 1 ? panicked(one, input, nowMs) : stageOf(one),
  );
  if (stages.length === 0) {
    for (const one of all) {
      if (one.planned.endpoints.length === 0) continue;
      stages.push({ ...panicked(one, input, nowMs), kind: "panic" });
    }
  }
  const last = plan.fallback
    ? [plan.fallback]
    : stages.length === 0
      ? [...plan.pools.values()]
      : [];
  stages.push(...last.map((planned) => lastResort(planned, input)));
  return walk(stages, plan.failover, asker.clientKey, triesMax, nowMs, rng);
}

interface Looked {
  readonly planned: PlannedPool;
  readonly available: readonly NaiveView[];
  readonly sound: readonly NaiveView[];
  readonly isAvailable: boolean;
  readonly returning: number;
  readonly nowMs: number;
}

function look(planned: PlannedPool, { know, asker }: DecideInput, nowMs: number): Looked {
  let ejectable = Math.max(1, Math.floor(0.34 * planned.endpoints.length));
  const available = planned.endpoints.flatMap((one): NaiveView[] => {
    const knowledge = know(one.endpoint.id);
    const standing = standingOf(true, knowledge, asker.replayable, nowMs);
    if (standing === "unhealthy") return [];
    if (standing === "ejected" && ejectable-- > 0) return [];
    const weight = one.weight * returningShare(knowledge, nowMs);
    const suspect = standing === "ejected";
    const failing = knowledge.ejection.failures > 0;
    return [{ planned: one, knowledge, weight, suspect, failing, ripe: standing === "ripe" }];
  });
  const sound = available.filter(({ suspect }) => !suspect);
  const back = sound.map((one) => (one.ripe ? 1 : returningShare(one.knowledge, nowMs)));
  return {
    planned,
    available,
    sound,
    isAvailable: available.length >= planned.minimum,
    returning: sound.length === 0 ? 1 : Math.max(...back),
    nowMs,
  };
}

const health = (available: number, total: number) => Math.min(1, (1.4 * available) / total);

/** Priority levels: how much of each is left, by a part of its endpoints. */
const healths = ({ levels }: PlannedPool, left: (level: number) => number) =>
  levels.map(({ weight }, level) => health(left(level), weight));

const at = (views: readonly NaiveView[], level: number) =>
  views.filter(({ planned }) => planned.level === level);

function sharesOf(some: readonly number[]): readonly number[] {
  const total = Math.min(1, sum(some));
  return some.map((one, level) => {
    const before = Math.min(1, sum(some.slice(0, level)) / total);
    return Math.min(1 - before, one / total);
  });
}

function spill({ planned, available, sound, nowMs }: Looked): readonly number[] {
  const bySound = healths(planned, (level) => weigh(at(sound, level).map((o) => o.planned)));
  if (sum(bySound) === 0) {
    return sharesOf(healths(planned, (level) => weigh(at(available, level).map((o) => o.planned))));
  }
  const settledWeight = ({ ripe, planned: { weight }, knowledge }: NaiveView) => {
    const { health: verdict, ejection, ejectedByRegion } = knowledge;
    const byProbes = verdict?.healthy ? verdict.changedAtMs : 0;
    const byRegion = ejectedByRegion?.untilMs ?? 0;
    const backAtMs = Math.max(byProbes, ejection.sinceMs, byRegion);
    return ripe ? weight : weight * settledShare(backAtMs, nowMs);
  };
  const settled = healths(planned, (level) => sum(at(sound, level).map(settledWeight)));
  if (sum(settled) >= 1) return sharesOf(settled);
  if (sum(bySound) <= 1) return sharesOf(bySound);
  const more = settled.map((one, level) => (bySound[level] ?? 0) - one);
  return settled.map((one, level) => {
    const left = 1 - sum(settled) - sum(more.slice(0, level));
    return one + Math.max(0, Math.min(left, more[level] ?? 0));
  });
}

const stageOf = (one: Looked): NaiveStage => ({
  kind: one.sound.length > 0 ? "sound" : "doubtful",
  planned: one.planned,
  views: one.available,
  shares: spill(one),
});

function panicked(one: Looked, { know, asker }: DecideInput, nowMs: number): NaiveStage {
  const { planned, available } = one;
  const left = (level: number) => weigh(at(available, level).map((o) => o.planned));
  const isEnough = sum(healths(planned, left)) >= 1;
  const panics = planned.levels.map(({ weight }, level) => !isEnough && left(level) < 0.5 * weight);
  if (!panics.includes(true)) return stageOf(one);
  const believed = planned.endpoints.flatMap((endpoint): NaiveView[] => {
    if (!panics[endpoint.level]) return available.filter((view) => view.planned === endpoint);
    const knowledge = know(endpoint.endpoint.id);
    const { ejection } = knowledge;
    const standing = standingOf(true, { ejection }, asker.replayable, nowMs);
    const { weight } = endpoint;
    const suspect = standing === "ejected";
    const failing = ejection.failures > 0;
    const ripe = standing === "ripe";
    return [{ planned: endpoint, knowledge, weight, suspect, failing, ripe }];
  });
  const trusted = believed.filter(({ suspect }) => !suspect);
  const views = trusted.length > 0 ? trusted : believed;
  const kept = spill(one).map((share, level) => (at(views, level).length > 0 ? share : 0));
  const some = sum(kept.map((share) => (Number.isNaN(share) ? 0 : share)));
  const byTrust = healths(planned, (level) => weigh(at(views, level).map((o) => o.planned)));
  const shares = some > 0 ? kept.map((share) => share / some) : sharesOf(byTrust);
  return { kind: "panic", planned, views, shares };
}

function lastResort(planned: PlannedPool, { know }: DecideInput): NaiveStage {
  const reserves = planned.reserves.flatMap(({ endpoints }) => endpoints);
  const all = planned.endpoints.length > 0 ? planned.endpoints : reserves;
  const views = all.map((one) => {
    const knowledge = know(one.endpoint.id);
    return {
      planned: one,
      knowledge,
      weight: one.weight,
      suspect: false,
      failing: false,
      ripe: false,
    };
  });
  return { kind: "last-resort", planned, views, shares: [1] };
}

function walk(
  stages: readonly NaiveStage[],
  failover: boolean,
  clientKey: string,
  triesMax: number,
  nowMs: number,
  rng: Rng,
): readonly string[] {
  const tried: PlannedEndpoint[] = [];
  const told: string[] = [];
  const untried = ({ views }: NaiveStage) => views.filter((o) => !tried.includes(o.planned));
  let now = 0;
  let level = drawn(stages[0], clientKey, rng);
  for (let count = 0; count < triesMax; count += 1) {
    const next = count > 0 && failover ? nextStage(stages, now, tried, triesMax) : now;
    if (next !== now) level = drawn(stages[next], clientKey, rng);
    now = next;
    const stage = stages[now];
    if (stage === undefined) return told;
    const isOver = untried(stage).length === 0;
    const left = isOver ? stage.views : untried(stage);
    const parts = count === 0 ? [at(left, level)] : byPreference(left, level);
    const views = parts.find((part) => part.length > 0) ?? [];
    const choice =
      views.find(({ ripe }) => ripe) ??
      naivePick(stage.planned.policy, views, clientKey, nowMs, rng);
    if (choice === undefined) return told;
    tried.push(choice.planned);
    const why = isOver ? "again" : choice.ripe ? "probing" : stage.kind;
    told.push(`${choice.planned.endpoint.id} ${why}`);
  }
  return told;
}

/** What is not failing, what is not suspected, the rest; each time the drawn level first, then the others in their order. */
function byPreference(views: readonly NaiveView[], level: number) {
  const levels = [...new Set(views.map(({ planned }) => planned.level))].sort((a, b) => a - b);
  const order = [level, ...levels.filter((one) => one !== level)];
  const sound = views.filter(({ suspect }) => !suspect);
  const trusted = sound.filter(({ failing }) => !failing);
  return [trusted, sound, views].flatMap((part) => order.map((one) => at(part, one)));
}

function drawn(stage: NaiveStage | undefined, clientKey: string, rng: Rng): number {
  if (stage === undefined) return 0;
  const { shares, views, planned } = stage;
  const levels = new Set(views.map((view) => view.planned.level));
  const whole = shares.findIndex((share, level) => share >= 1 && levels.has(level));
  if (levels.size < 2 && planned.levels.length < 2) return [...levels][0] ?? 0;
  if (whole >= 0) return whole;
  const isKept = planned.policy === "hash" && clientKey !== "";
  const key = (joined(hash32(clientKey), 0x6c65766c) + 0.5) / 2 ** 32;
  let left = isKept ? key : rng();
  const found = shares.findIndex((share, level) => {
    if (!levels.has(level)) return false;
    left -= share;
    return left < 0;
  });
  return found >= 0 ? found : shares.findLastIndex((share) => share > 0);
}

function nextStage(
  stages: readonly NaiveStage[],
  now: number,
  tried: readonly PlannedEndpoint[],
  triesMax: number,
): number {
  const untried = (stage: NaiveStage | undefined) =>
    (stage?.views ?? []).filter(({ planned }) => !tried.includes(planned));
  const isLast = tried.length === triesMax - 1;
  const stage = stages[now];
  let next: number;
  if (stage?.kind !== "sound") next = isLast ? stages.length - 1 : (now + 1) % stages.length;
  else {
    const leaves =
      stages[now + 1]?.kind === "sound"
        ? isLast || untried(stage).every(({ suspect, failing }) => suspect || failing)
        : untried(stage).length === 0;
    next = leaves ? (now + 1) % stages.length : now;
  }
  if (untried(stages[next]).length > 0) return next;
  const other = stages.findIndex((one) => untried(one).length > 0);
  return other < 0 ? next : other;
}
