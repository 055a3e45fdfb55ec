/** octoDNS, a judge that knows nothing of ours: what it would change to make a zone be what a text says, or does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stringify } from "yaml";
import type { Bind } from "./bind.ts";
import { MOTO_CREDENTIALS, MOTO_REGION } from "./moto.ts";
import type { PowerDns } from "./powerdns.ts";
import { HOST } from "./process.ts";
import { needPrograms } from "./programs.ts";

export type OctoDnsTarget =
  /** moto, or the proxy before it. */
  | { readonly kind: "route53"; readonly endpoint: string }
  | { readonly kind: "powerdns"; readonly server: PowerDns }
  /** By update (RFC 2136) and transfer, signed. */
  | { readonly kind: "rfc2136"; readonly server: Bind };

/** A record set that octoDNS would write or take away; `existing` and `new` in its own words, null where there is none. */
export interface PlannedChange {
  readonly action: "create" | "update" | "delete";
  /** Below the zone: `""` is the zone itself. */
  readonly name: string;
  readonly type: string;
  readonly existing: unknown;
  readonly new: unknown;
}

export interface OctoDnsOptions {
  readonly target: OctoDnsTarget;
  /** Without the last dot. */
  readonly zone: string;
  /** The records that the zone shall have, as octoDNS's YamlProvider reads them. */
  readonly desired: string;
  /** False: a dry run. Neither asks whether so much change is meant. */
  readonly apply: boolean;
  /** Names below the zone that it is not to look at, here nor there: its own `NameRejectlistFilter`. */
  readonly ignored?: readonly string[];
}

/**
 * What octoDNS planned, in its order; empty when the zone is as desired. It ignores SOA, and the zone's NS that the text leaves out.
 *
 * Errors: rejects with what octoDNS said when it fails.
 */
export async function octodns(options: OctoDnsOptions): Promise<readonly PlannedChange[]> {
  const { target, zone, desired, apply, ignored = [] } = options;
  const folder = await mkdtemp(join(tmpdir(), "tradewind-octodns-"));
  try {
    await mkdir(join(folder, "zones"));
    await writeFile(join(folder, "zones", `${zone}.yaml`), desired);
    const configuration = join(folder, "octodns.yaml");
    await writeFile(configuration, configurationOf({ folder, zone, target, ignored }));
    const flags = ["--config-file", configuration, "--force", ...(apply ? ["--doit"] : [])];
    return changesIn(await run(flags, target), zone);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function configurationOf({
  folder,
  zone,
  target,
  ignored,
}: Required<Pick<OctoDnsOptions, "zone" | "target" | "ignored">> & {
  readonly folder: string;
}): string {
  return stringify({
    // The plan and nothing else goes to standard output.
    manager: {
      max_workers: 1,
      plan_outputs: { json: { class: "octodns.provider.plan.PlanJson" } },
    },
    providers: {
      desired: {
        class: "octodns.provider.yaml.YamlProvider",
        directory: join(folder, "zones"),
        enforce_order: false,
      },
      target: providerOf(target),
    },
    processors: {
      ignored: { class: "octodns.processor.filter.NameRejectlistFilter", rejectlist: ignored },
    },
    zones: {
      [`${zone}.`]: { sources: ["desired"], processors: ["ignored"], targets: ["target"] },
    },
  });
}

function providerOf(target: OctoDnsTarget): object {
  switch (target.kind) {
    case "route53":
      return {
        class: "octodns_route53.Route53Provider",
        access_key_id: MOTO_CREDENTIALS.accessKeyId,
        secret_access_key: MOTO_CREDENTIALS.secretAccessKey,
        // It counts the values of a batch and not their characters, of which Route 53 takes 32,000.
        max_changes: 200,
      };
    case "powerdns":
      return {
        class: "octodns_powerdns.PowerDnsProvider",
        host: HOST,
        port: Number(new URL(target.server.endpoint).port),
        api_key: target.server.apiKey,
      };
    case "rfc2136":
      return {
        class: "octodns_bind.Rfc2136Provider",
        host: HOST,
        port: target.server.port,
        key_name: target.server.key.name,
        key_secret: target.server.key.secret,
        key_algorithm: target.server.key.algorithm,
      };
  }
}

async function run(flags: readonly string[], target: OctoDnsTarget): Promise<string> {
  const aws =
    target.kind === "route53"
      ? { AWS_ENDPOINT_URL: target.endpoint, AWS_DEFAULT_REGION: MOTO_REGION }
      : {};
  const child = spawn(needPrograms("octodnsSync").octodnsSync, flags, {
    env: { ...process.env, ...aws },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const [said, log] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  if (code !== 0) throw new Error(`octoDNS ended with ${code}:\n${log}`);
  return said;
}

/** The plan of a provider, as PlanJson writes it. */
interface Plan {
  readonly changes: readonly {
    readonly type: PlannedChange["action"];
    readonly name: string;
    readonly record_type: string;
    readonly existing?: unknown;
    readonly new?: unknown;
  }[];
}

function changesIn(said: string, zone: string): PlannedChange[] {
  const plans = JSON.parse(said) as { readonly target?: Readonly<Record<string, Plan>> };
  const { changes = [] } = plans.target?.[`${zone}.`] ?? {};
  return changes.map((change) => ({
    action: change.type,
    name: change.name,
    type: change.record_type,
    existing: change.existing ?? null,
    new: change.new ?? null,
  }));
}
