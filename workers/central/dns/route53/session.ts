/**
 * Signed calls to Route 53 through our own ports: the vendor's SDK writes and reads the messages, and neither its HTTP handlers nor its
 * retries nor its search for credentials are used. With a role, STS gives credentials that are kept until they are about to end.
 */
import { Route53Client, type Route53ClientConfig } from "@aws-sdk/client-route-53";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { CredentialsOf, SettingsOf } from "../../../../routing/dns/settings.ts";
import type { Ms } from "../../../../routing/units.ts";
import { DEFAULTS } from "../origins.ts";
import type { ProviderInput, ProviderPorts } from "../provider.ts";

export type Route53Input = ProviderInput<SettingsOf<"route53">, CredentialsOf<"route53">>;

/**
 * Vendor, until July 2026: "Five requests per second per AWS account"; since then ten, and five for some actions. Four leave room for others
 * of the account, and a zone of 10,000 sets is read in nine seconds.
 */
export const CALLS_APART_MS = 250;

/** Vendor, AssumeRole: "from 900 seconds (15 minutes) up to the maximum session duration". */
const ROLE_SECONDS = 900;
/** A batch that begins with them also ends with them. */
const ROLE_SECONDS_SPARE = 300;

/** Both are global services, signed for this region. */
const REGION = "us-east-1";

export interface Session {
  /** Credentials that last. Errors: what STS answered; nothing was sent to Route 53. */
  ready(signal: AbortSignal): Promise<void>;
  /** At most four a second. Errors: the SDK's, or what the fetch port threw. */
  run<T>(
    signal: AbortSignal,
    call: (client: Route53Client, options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T>;
  readonly calls: number;
  /** What no sentence may show. */
  readonly secrets: readonly string[];
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Handler = Extract<NonNullable<Route53ClientConfig["requestHandler"]>, { handle: unknown }>;
type Handled = Awaited<ReturnType<Handler["handle"]>>;

export function openSession(input: Route53Input, ports: ProviderPorts): Session {
  const { settings, credentials } = input;
  const own: Keys = {
    accessKeyId: credentials.access_key_id,
    secretAccessKey: credentials.secret_access_key,
    ...(credentials.session_token === undefined ? {} : { sessionToken: credentials.session_token }),
  };
  const secrets = Object.values(own);
  let calls = 0;
  let freeAtMs: Ms = 0;

  const handler: Handler = {
    async handle(message: Message, options?: { abortSignal?: unknown }): Promise<Handled> {
      const signal = options?.abortSignal as AbortSignal | undefined;
      signal?.throwIfAborted();
      const request = requestOf(message, signal);
      calls += 1;
      const response = await ports.fetch(request);
      const body = new Uint8Array(await response.arrayBuffer());
      const headers = Object.fromEntries(response.headers);
      return { response: { statusCode: response.status, headers, body } };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };

  const config = (endpoint: string, keys: Keys) =>
    ({
      endpoint,
      region: REGION,
      credentials: keys,
      requestHandler: handler,
      // The rest keeps Node's build of the SDK from reading files and the environment.
      maxAttempts: 1,
      retryMode: "standard",
      defaultsMode: "standard",
      userAgentAppId: "tradewind",
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
    }) as const;

  const clientOf = (keys: Keys) =>
    new Route53Client(config(input.endpoint ?? DEFAULTS.route53.endpoint, keys));

  let client = settings.role_arn === undefined ? clientOf(own) : undefined;
  let untilMs: Ms = client === undefined ? 0 : Number.POSITIVE_INFINITY;

  async function assume(roleArn: string, signal: AbortSignal): Promise<Route53Client> {
    const sts = new STSClient(config(settings.sts_endpoint ?? DEFAULTS.route53.sts_endpoint, own));
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: `tradewind-${input.owner}`.slice(0, 64),
        ExternalId: settings.external_id,
        DurationSeconds: ROLE_SECONDS,
      }),
      { abortSignal: signal },
    );
    const keys = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    secrets.push(...Object.values(keys).filter((each) => each !== ""));
    untilMs = ports.clock.nowMs() + (ROLE_SECONDS - ROLE_SECONDS_SPARE) * 1_000;
    return clientOf(keys);
  }

  async function ready(signal: AbortSignal): Promise<Route53Client> {
    if (client === undefined || untilMs <= ports.clock.nowMs()) {
      client = await assume(settings.role_arn ?? "", signal);
    }
    return client;
  }

  async function pace(signal: AbortSignal): Promise<void> {
    const nowMs = ports.clock.nowMs();
    const waitMs = Math.max(0, freeAtMs - nowMs);
    freeAtMs = nowMs + waitMs + CALLS_APART_MS;
    if (waitMs > 0) await ports.timers.wait(waitMs, signal);
  }

  return {
    async ready(signal) {
      await ready(signal);
    },
    async run(signal, call) {
      const signed = await ready(signal);
      await pace(signal);
      return call(signed, { abortSignal: signal });
    },
    get calls() {
      return calls;
    },
    secrets,
  };
}

interface Message {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

function requestOf(message: Message, signal: AbortSignal | undefined): Request {
  const { protocol, hostname, port, path, query = {}, method, body } = message;
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each ?? "")}`),
  );
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  // The runtime writes the host that the URL has, which is the one that was signed.
  const { host: _, ...headers } = message.headers;
  return new Request(
    `${protocol}//${host}${path}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`,
    {
      method,
      headers,
      redirect: "manual",
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined || method === "GET" ? {} : { body }),
    },
  );
}
