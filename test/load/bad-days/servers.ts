/** What can be done to the servers of a bad day: each of them a process of its own. */
import { ask } from "../../../local/ask.ts";
import { fillBacklog } from "../../origins/backlog.ts";
import type { OriginProcess } from "../../origins/process.ts";

export interface Behaving {
  /** Of visitors, the share that gets a 503. */
  readonly fail: number;
  /** Everybody's answer is this late, probes' too. */
  readonly stallMs: number;
}

export const STALL_MS = 30_000;

/** Errors: rejects when the server does not answer. */
export async function tell({ url }: OriginProcess, { fail, stallMs }: Behaving): Promise<void> {
  const { status } = await ask(`${url}/behave?fail=${fail}&stall_ms=${stallMs}`);
  if (status !== 200) throw new Error(`${url} was not told how to behave: ${status}`);
}

/** Silent at once; the queues fill afterwards. The answer ends it. */
export async function swallow(origins: readonly OriginProcess[]): Promise<() => void> {
  for (const origin of origins) origin.freeze();
  const filled: (() => void)[] = [];
  for (const { port, options } of origins) {
    filled.push(await fillBacklog(port, options.address ?? "127.0.0.1"));
  }
  return () => {
    for (const letGo of filled) letGo();
    for (const origin of origins) origin.thaw();
  };
}

/** Tries of visitors' requests since each was started; who is not running has none. */
export async function triesOf(origins: readonly OriginProcess[]): Promise<number> {
  const counts = await Promise.all(
    origins
      .filter(({ isRunning }) => isRunning)
      .map(async ({ url }) => {
        const { visits } = JSON.parse((await ask(`${url}/count`)).text) as { visits: number };
        return visits;
      }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
