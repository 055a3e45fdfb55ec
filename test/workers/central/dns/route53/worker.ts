/** The provider in workerd, on the platform's own ports: `POST /` with an input and, for a write, a batch. */
import type { Batch } from "../../../../../routing/dns/change.ts";
import type { Route53Input } from "../../../../../workers/central/dns/route53/session.ts";
import { route53Provider } from "../../../../../workers/central/dns/route53.ts";
import { clock, timers } from "../../../../../workers/platform.ts";

export interface Asked {
  readonly input: Route53Input;
  /** Absent: a listing. */
  readonly batch?: Batch;
}

const dial = () => Promise.reject(new Error("Route 53 is asked over HTTP only"));

export default {
  async fetch(request: Request): Promise<Response> {
    const { input, batch } = (await request.json()) as Asked;
    const ports = { clock, timers, dial, fetch: (asked: Request) => fetch(asked) };
    const provider = route53Provider(input, ports);
    const { signal } = request;
    const listing = await provider.populate(signal);
    const answer = batch === undefined ? listing : await provider.write(batch, signal);
    return Response.json({ answer, calls: provider.calls });
  },
};
