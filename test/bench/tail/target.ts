/** What the bench needs of whatever stands between visitors and servers. */

export interface StartOptions {
  /** Of the servers, on 127.0.0.1. */
  readonly ports: readonly number[];
  /** How long one try may wait for an answer's headers, of a request that may be sent again. */
  readonly tryTimeoutMs: number;
}

export interface RunningTarget {
  /** Where visitors arrive: each request goes to one of these, at random. */
  readonly urls: readonly string[];
  /** What it said when it has ended by itself; `null` while it runs. */
  ended(): string | null;
  stop(): Promise<void>;
}

export interface Target {
  readonly name: string;
  /** Ours is judged against the best of the others. */
  readonly isPeer: boolean;
  /** What it is and of which version; `null` when this machine does not have it. */
  version(): Promise<string | null>;
  /** Resolves when it listens; whether it serves is for the caller to see. */
  start(options: StartOptions): Promise<RunningTarget>;
}

/** The `Host` of all requests. */
export const HOST = "www.example";
/** How long a request may take that must not be sent twice: longer than a visitor of the bench waits. */
export const PATIENCE_MS = 10_000;
