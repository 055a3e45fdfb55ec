import { readFileSync } from "node:fs";

export const WINDOW_MS = 100;

/**
 * Counts connections refused on this machine, window by window: what the kernel knows of tries that reach a
 * dead process, of which no process can tell. Linux counts them in /proc/net/snmp (`Tcp: AttemptFails`,
 * RFC 4022: connections that went from SYN-SENT to CLOSED).
 *
 * It counts the whole machine's: probes of the dead endpoints are among them, and whatever else runs there.
 */
export class RefusedConnections {
  /** Refused in each window since the start. */
  readonly windows: number[] = [];
  #last = attemptFails();
  readonly #timer: NodeJS.Timeout;

  /** `nowMs` is the clock of the run. */
  constructor(nowMs: () => number) {
    this.#timer = setInterval(() => {
      const total = attemptFails();
      const window = Math.max(0, Math.floor(nowMs() / WINDOW_MS) - 1);
      this.windows[window] = (this.windows[window] ?? 0) + total - this.#last;
      this.#last = total;
    }, WINDOW_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Refused in [fromMs, toMs), both rounded to windows. */
  between(fromMs: number, toMs: number): number {
    const [from, to] = [Math.round(fromMs / WINDOW_MS), Math.round(toMs / WINDOW_MS)];
    return this.windows.slice(from, to).reduce((sum, count) => sum + (count ?? 0), 0);
  }
}

function attemptFails(): number {
  const [names = "", values = ""] = readFileSync("/proc/net/snmp", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("Tcp:"));
  return Number(values.split(" ")[names.split(" ").indexOf("AttemptFails")]);
}
