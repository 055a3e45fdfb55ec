/**
 * Available = wanted by the operator, not called unhealthy by the region, not ejected by this isolate or by the region.
 *
 * "I cannot see" is not "it is down" (`fail-static`): a verdict counts against an endpoint only while the
 * region stands behind it. Once nobody has for `HEALTH_TRUST_MS`, what the region said is a memory; the endpoint
 * is used again as in its last good state, and this isolate's own failures decide. An ejection by the region ends by
 * itself within a minute, so it needs no such rule.
 */
import type { EndpointHealth, RegionEjection } from "../exchange.ts";
import { HEALTH_TRUST_MS } from "../limits.ts";
import { slowStartFactor, slowStartTurns } from "../load/slow-start.ts";
import type { Span } from "../span.ts";
import type { Ms } from "../units.ts";
import { type Admission, admission, type Ejection, ripeAtMs } from "./ejection.ts";

export type Standing = Admission | "disabled" | "unhealthy";

export interface Evidence {
  /** The region's verdict; absent = never probed. */
  readonly health?: EndpointHealth | undefined;
  /** When the region last stood behind its verdicts (`RegionView.asOfMs`): a rare probe is not an old one. */
  readonly healthAsOfMs?: Ms | undefined;
  readonly ejection: Ejection;
  /** By what all isolates of the region saw together (`outliers.ts`). */
  readonly ejectedByRegion?: RegionEjection | undefined;
}

export function standingOf(
  enabled: boolean,
  evidence: Evidence,
  replayable: boolean,
  nowMs: Ms,
): Standing {
  if (!enabled) return "disabled";
  if (isCalledUnhealthy(evidence, nowMs)) return "unhealthy";
  // One success of this isolate's own proves little against a share of everybody's: it does not end it.
  if (nowMs < backFromRegionMs(evidence)) return "ejected";
  return admission(evidence.ejection, evidence.health, replayable, nowMs);
}

/** The share of its weight after the region or this isolate let it back in. Range: 0.1..1. */
export function returningShare(evidence: Evidence, nowMs: Ms): number {
  const { health, ejection } = evidence;
  const byProbes = health?.healthy === true ? slowStartFactor(health.changedAtMs, nowMs) : 1;
  const byTraffic = ejection.sinceMs > 0 ? slowStartFactor(ejection.sinceMs, nowMs) : 1;
  return Math.min(byProbes, byTraffic, slowStartFactor(backFromRegionMs(evidence), nowMs));
}

/** When it was, or will be, let back in; 0 = it never was away. */
export const backAtMs = (evidence: Evidence): Ms => {
  const { health, ejection } = evidence;
  const byProbes = health?.healthy === true ? health.changedAtMs : 0;
  return Math.max(byProbes, ejection.sinceMs, backFromRegionMs(evidence));
};

/** 0 = the region has not ejected it. */
const backFromRegionMs = ({ ejectedByRegion }: Evidence): Ms => ejectedByRegion?.untilMs ?? 0;

/** When time alone changes what `standingOf` and `returningShare` answer for the same evidence. */
export function standingTurns(
  evidence: Evidence,
  replayable: boolean,
  nowMs: Ms,
  span: Span,
): void {
  const { health, ejection } = evidence;
  if (health?.healthy === false) span.turnAt(trustedUntilMs(health, evidence.healthAsOfMs));
  if (health?.healthy === true) slowStartTurns(health.changedAtMs, nowMs, span);
  if (ejection.sinceMs > 0) slowStartTurns(ejection.sinceMs, nowMs, span);
  if (evidence.ejectedByRegion !== undefined) {
    slowStartTurns(evidence.ejectedByRegion.untilMs, nowMs, span);
  }
  if (ejection.phase !== "admitting") span.turnAt(ripeAtMs(ejection, replayable));
}

/** Whether time alone can make two pieces of evidence differ, or they do so now. Cheap: asked at every change. */
export function isSameEvidence(one: Evidence, other: Evidence): boolean {
  const [a, b] = [one.ejection, other.ejection];
  if (a !== b && (a.phase !== b.phase || a.sinceMs !== b.sinceMs)) return false;
  if (one.ejectedByRegion?.untilMs !== other.ejectedByRegion?.untilMs) return false;
  if (one.health?.healthy !== other.health?.healthy) return false;
  if (one.health?.changedAtMs !== other.health?.changedAtMs) return false;
  if (a.phase === "admitting" && one.health?.healthy !== false) return true;
  // Only now does it matter when an ejection ends, and when a verdict was made and vouched for.
  return (
    a.untilMs === b.untilMs &&
    a.ejectedAtMs === b.ejectedAtMs &&
    one.health?.observedAtMs === other.health?.observedAtMs &&
    one.healthAsOfMs === other.healthAsOfMs
  );
}

function isCalledUnhealthy({ health, healthAsOfMs }: Evidence, nowMs: Ms): boolean {
  if (health === undefined || health.healthy) return false;
  // Written so that a broken stamp (NaN) counts as too old.
  return nowMs <= trustedUntilMs(health, healthAsOfMs);
}

const trustedUntilMs = (health: EndpointHealth, asOfMs: Ms | undefined): Ms =>
  Math.max(health.observedAtMs, asOfMs ?? 0) + HEALTH_TRUST_MS;
