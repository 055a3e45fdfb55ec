/** A worker that makes a provider from the platform's own ports and lets a test call it. */
import type { Batch } from "../../../../../routing/dns/change.ts";
import { dialPort } from "../../../../../workers/central/dial.ts";
import { powerdnsProvider } from "../../../../../workers/central/dns/powerdns.ts";
import { rfc2136Provider } from "../../../../../workers/central/dns/rfc2136.ts";
import { clock, fetchPort, timers } from "../../../../../workers/platform.ts";

type Of<Make extends (...parameters: never[]) => unknown> = Parameters<Make>[0];

export type Called = { readonly batch?: Batch; readonly abortAfterMs?: number } & (
  | { readonly kind: "powerdns"; readonly input: Of<typeof powerdnsProvider> }
  | { readonly kind: "rfc2136"; readonly input: Of<typeof rfc2136Provider> }
);

const ports = { clock, timers, fetch: fetchPort, dial: dialPort };

export default {
  async fetch(request: Request): Promise<Response> {
    const called = (await request.json()) as Called;
    const provider =
      called.kind === "powerdns"
        ? powerdnsProvider(called.input, ports)
        : rfc2136Provider(called.input, ports);
    const { batch, abortAfterMs = 60_000 } = called;
    const signal = timers.deadline(abortAfterMs);
    const answer = batch === undefined ? provider.populate(signal) : provider.write(batch, signal);
    return Response.json(await answer);
  },
};
