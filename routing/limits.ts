/**
 * Every number of the product that is a choice, with its reason. A number that only one file could
 * ever care about stays in that file; everything that two planes must agree on is here.
 */

/** The generation of every stored row, snapshot and message. Readers accept N and N - 1. */
export const SCHEMA = 1;

/** Per account. Above these a table is refused; a larger customer gets a second account. */
export const ENDPOINTS_MAX = 10_000;
export const POOLS_MAX = 5_000;
export const MONITORS_MAX = 1_000;
export const MONITOR_GROUPS_MAX = 1_000;
/** Members of one group are probed one after the other, by one of the five slots of the endpoint's region. */
export const GROUP_MEMBERS_MAX = 5;
export const LOAD_BALANCERS_MAX = 10_000;
export const ZONES_MAX = 1_000;
/** A route of Kubernetes is a few hundred bytes, so this many still fit a body of `CONFIG_BODY_BYTES_MAX`. */
export const ROUTES_MAX = 10_000;
/** Different hostnames that the routes of an account name: each is a head shard and a block, and two lines of the manifest. */
export const ROUTE_HOSTS_MAX = 10_000;
/** A route travels once for every hostname it has, so this bounds what a push weighs: a few hundred bytes each. */
export const ROUTE_COPIES_MAX = 20_000;
/** Hosts with load balancers and with routes, and the routes' blocks: one a host, and one more for every 100 copies. */
export const MANIFEST_KEYS_MAX = LOAD_BALANCERS_MAX + 2 * ROUTE_HOSTS_MAX + ROUTE_COPIES_MAX / 100;
/** Rules of all load balancers together: each is an expression that is compiled and kept. */
export const BALANCER_RULES_MAX = 2_000;
/** The text of expressions and patterns that an isolate compiles before its first request for a host: about 5 ms. */
export const HOST_INPUT_CHARACTERS_MAX = 512 * 1024;
/** Each pattern is an automaton of its own, tens of KB: 200 leave a host's share of an isolate's 128 MB. */
export const HOST_PATTERNS_MAX = 200;
/** Different patterns of one account: one may take several ms to compile, and a document is compiled in one turn. */
export const PATTERNS_MAX = 2_000;
/**
 * Matches of one host that have the same path: the path finds them at once, the rest of each is then compared one by
 * one on the path of a request.
 */
export const MATCHES_PER_PATH_MAX = 64;
/** One route, by the type's own validation. */
export const ROUTE_HOSTNAMES_MAX = 16;
export const ROUTE_RULES_MAX = 16;
export const RULE_MATCHES_MAX = 64;
export const ROUTE_MATCHES_MAX = 128;
/** Record sets that one zone's entry writes out: what Route 53 lets a hosted zone have. */
export const RECORDS_PER_ZONE_MAX = 10_000;
/** Values of one record set: Route 53's limit; more do not fit the answer of a resolver anyway. */
export const VALUES_PER_RECORD_MAX = 400;
/** Of one value as it is written: Route 53 takes 4,000 characters, and the longest keys in use (DKIM, 4,096 bits) have 800. */
export const RECORD_VALUE_CHARACTERS_MAX = 4_096;
/** Names whose foreign record sets become ours: a person reads that list before it is applied. */
export const TAKEOVER_NAMES_MAX = 1_000;
/** Names that one account may claim. A body of 8 MiB cannot hold more. */
export const HOSTNAMES_MAX = LOAD_BALANCERS_MAX + ROUTES_MAX * ROUTE_HOSTNAMES_MAX;
/** A pool is looked at endpoint by endpoint whenever what is known of one changes: about 30 µs for 256. */
export const ENDPOINTS_PER_POOL_MAX = 256;
export const POOLS_PER_LOAD_BALANCER_MAX = 64;
export const VERSIONS_KEPT = 100;
export const VERSIONS_KEPT_MS = 30 * 86_400_000;

/** Bodies of the operators' API, in bytes, and the depth at which JSON is refused before anything reads it. */
export const CONFIG_BODY_BYTES_MAX = 8 * 1024 * 1024;
export const BODY_BYTES_MAX = 1024 * 1024;
export const JSON_DEPTH_MAX = 32;
/** Errors reported for one document: all of them for any real mistake, bounded for a hostile one. */
export const PROBLEMS_MAX = 1_000;

/** A day, as long as a visitor stays by default, times seven: the longest that the vendor lets a session last. */
export const AFFINITY_TTL_SECONDS_MAX = 604_800;

/** Requests at the edge (security floor): larger header blocks answer 431. */
export const HEADER_BYTES_MAX = 32 * 1024;
export const HEADERS_MAX = 100;
/** Hops through this product before a request is called a loop (RFC 8586). */
export const LOOP_HOPS_MAX = 1;

/** One request: at most 3 tries, so that a fleet under failure sees at most 3 times its load for an instant. */
export const TRIES_MAX = 3;
/** From the arrival to the origin's headers; the body then streams for as long as it flows. */
export const DEADLINE_MS = 30_000;
/** One try's wait for headers. Slow but healthy applications answer within it; a stall leaves time for two more. */
export const TRY_TIMEOUT_MS = 9_000;
/**
 * A try that may be followed by another is given up after so many times the wait that 99 of 100 keep, but not before the
 * floor: collections, cold starts and lost packets take hundreds of milliseconds, and come together.
 */
export const TRY_TIMEOUT_P99_RATIO = 4;
export const TRY_TIMEOUT_MS_MIN = 1_000;
/** A body up to this size is buffered so that an idempotent request can be sent again. */
export const REPLAY_BODY_BYTES_MAX = 64 * 1024;

/** Retry budget per pool and isolate, an account: a kill is paid from savings, the long run stays ≤ 1.10 ×. */
export const RETRY_DEPOSIT = 0.1;
export const RETRY_SAVINGS_START = 20;
export const RETRY_SAVINGS_CAP = 50;
/** A hedge is a guess: with a deposit of 0.1 at most one request in twenty is sent twice because it is slow. */
export const HEDGE_COST = 2;
/** The cap grows with traffic: `RETRY_SAVINGS_CAP` + the deposits of this much time. */
export const RETRY_SAVINGS_WINDOW_MS = 10_000;

/** Latency estimates forget with this time constant (Linkerd's Peak EWMA uses 10 s). */
export const LATENCY_DECAY_MS = 10_000;
/** A failed try counts as this slow, so that a fast error does not look like a fast endpoint (Linkerd). */
export const FAILURE_PENALTY_MS = 5_000;
/** Estimates older than this are offered for a fresh look by at most `EXPLORE_RATIO` of requests. */
export const ESTIMATE_STALE_MS = 60_000;
export const EXPLORE_RATIO = 0.02;
/**
 * A pool must be this much faster than one in use to get anything of it: measurement noise moves nobody. The mean of twenty
 * heavy-tailed service times, half of a time to first byte, is off by so much.
 */
export const INCUMBENT_RATIO = 0.85;

/** This many failures in a row eject an endpoint from one isolate's choice (Envoy's default is 5 across a host). */
export const EJECT_FAILURES = 3;
export const EJECT_BASE_MS = 5_000;
export const EJECT_MAX_MS = 60_000;
/** Never eject more than this share of a pool's endpoints by traffic alone, but at least one. */
export const EJECTED_RATIO_MAX = 0.34;
/** Below this available share a level's health data is not believed and all its endpoints are used (Envoy: 50 %). */
export const PANIC_RATIO = 0.5;
/** A priority level has this much more than it needs: it takes everything until 28.6 % of it are gone (Envoy: 140 %). */
export const OVERPROVISIONING = 1.4;
/** After fail-back an endpoint's share grows over this time. */
export const SLOW_START_MS = 10_000;

/** The longest `stream_drain_seconds`: an endpoint that is to be emptied should not take longer than a deployment may. */
export const STREAM_DRAIN_SECONDS_MAX = 3_600;
/** How often an open stream looks whether it is still wanted: 400 idle ones then cost a fiftieth of a core, beats included. */
export const STREAM_LOOK_MS = 5_000;
/** Streams that one isolate holds so as to end them, about 60 KB each: a quarter of its 128 MB. More are passed on as they are. */
export const HELD_STREAMS_MAX = 500;

/** The chain of a cold isolate (colo cache, KV, baked asset) may take this long in all. */
export const COLD_START_MS = 50;
/** The beat of `exchange`: at least 1 s, and never more than 500 exchanges a second into one object. */
export const BEAT_MS_MIN = 1_000;
export const EXCHANGES_PER_SECOND_MAX = 500;
/** An exchange that has not answered by then is given up; the last snapshot serves on. */
export const EXCHANGE_TIMEOUT_MS = 5_000;
/** A reporter not heard of for this many beats is no longer counted. */
export const REPORTER_GONE_BEATS = 5;
/** Health older than this is unknown: the last good state is kept, and nothing is called down. */
export const HEALTH_TRUST_MS = 90_000;
/** A load report older than this is none (Envoy and gRPC: 3 minutes). */
export const LOAD_STALE_MS = 180_000;
/** A region's view goes to KV for cold isolates at most this often: 2 writes a minute cost cents a month. */
export const VIEW_PUBLISH_MS = 30_000;

/** Probes: the platform allows six connections waiting for headers per object; one is left for the rest. */
export const PROBE_SLOTS = 5;
export const PROBE_BODY_BYTES_MAX = 64 * 1024;
export const PROBE_INTERVAL_MS_MIN = 1_000;
/** A further prober of a region reports at least this often: three times before nobody vouches for its endpoints (`HEALTH_TRUST_MS`). */
export const PROBER_BEAT_MS = 30_000;

/** Endpoints of one preview: five waves of slots, in which each may wait for two timeouts of the default monitor. */
export const PREVIEW_ENDPOINTS_MAX = 25;
/** An operator waits for it; what was not probed by then is said to be so. */
export const PREVIEW_MS_MAX = 60_000;

/** Colo and endpoint pairs whose shared latency one region keeps; the least recently heard go first. */
export const ESTIMATES_MAX = 50_000;
/** Events kept per object, newest first out; enough for a bad day, small enough to list. */
export const EVENTS_KEPT = 1_000;
/** The chunk of a stored row: a Durable Object's row may be 2 MB, half of it leaves room. */
export const ROW_CHARACTERS_MAX = 1_000_000;

/** One recorded decision, as a line of JSON in ASCII: a pool of 30 endpoints whose every estimate was read fits. */
export const RECORD_CHARACTERS_MAX = 1_024;
/** Of an isolate's requests one in about so many is recorded; recording costs as much as some hundred decisions, 0.2 ms. */
export const RECORD_ONE_IN = 100;
/** And no more than this in a minute: at most 6 KB beside a report, however busy the isolate. */
export const RECORDS_PER_MINUTE_MAX = 6;
/** Records that one region stores in a minute: each is a row, and a million rows cost a dollar, so this is 9 cents a day. */
export const RECORDS_STORED_PER_MINUTE_MAX = 60;
/** The newest, about 1 MB. */
export const RECORDS_KEPT = 1_000;
