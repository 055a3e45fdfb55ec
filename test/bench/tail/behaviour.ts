/** What a server can be told to do. Probes see it on `/healthz`, visitors on every other path. */
export type Behaviour =
  /** Works: each request takes `slowdown` × its time, and `failRatio` of the answers are 503 after that time. */
  | { readonly do: "serve"; readonly slowdown: number; readonly failRatio: number }
  /** Answers 503 within 1 ms, without working: the less it does the faster it looks. Probes are fine. */
  | { readonly do: "sinkhole" }
  /** Accepts connections and requests, probes too, and never answers. */
  | { readonly do: "silent" }
  /** Answers probes and never a visitor. */
  | { readonly do: "data-dead" }
  /** Answers visitors and no probe. */
  | { readonly do: "probe-dead" }
  /** Silent on what is open, and takes no connection any more: its packets are dropped. */
  | { readonly do: "black-hole" }
  /** Gone at once: the port is closed, every connection reset, what it worked on lost. */
  | { readonly do: "killed" }
  /** Closes its port, finishes what it has, asks clients to leave: what a supervisor does before a restart. */
  | { readonly do: "drained" };

/** Who answers no probe, and who answers no visitor. */
export const DEAF_TO_PROBES: ReadonlySet<Behaviour["do"]> = new Set([
  "silent",
  "black-hole",
  "probe-dead",
] as const);
export const MUTE: ReadonlySet<Behaviour["do"]> = new Set([
  "silent",
  "black-hole",
  "data-dead",
] as const);

type Serving = Extract<Behaviour, { do: "serve" }>;

export const serving = (but: Partial<Omit<Serving, "do">> = {}): Serving => ({
  do: "serve",
  slowdown: 1,
  failRatio: 0,
  ...but,
});

/** As on the first day. */
export const SERVING: Behaviour = serving();
