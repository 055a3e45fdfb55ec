/** What an operator is told of a region's verdicts, before it is an event. */
import type { Event } from "../../routing/exchange.ts";

export type News = Pick<Event, "subject" | "detail" | "evidence">;

const BLIND = "blind: no endpoint answers, so the verdicts stay as they were";

export const blindNews = (isBlind: boolean, endpoints: number): News => ({
  subject: "prober",
  detail: isBlind ? BLIND : "sees again",
  evidence: { rule: "fail-static", numbers: { endpoints } },
});
