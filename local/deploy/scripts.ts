/** The three scripts, in the order in which they are deployed, and what each may hold. */
import { join } from "node:path";
import { unstable_readConfig as readWranglerConfig } from "wrangler";

export const root = join(import.meta.dirname, "../..");

export interface Script {
  readonly title: "state" | "edge" | "central";
  /** Path of its `wrangler.toml` from the project's root. */
  readonly config: string;
  /** What the text of its bundle must never contain, and why. */
  readonly forbidden: readonly (readonly [RegExp, string])[];
  /** The same of the files that it is made of, by their path from the project's root. */
  readonly forbiddenFiles: readonly (readonly [RegExp, string])[];
}

const LOCAL_ONLY: Script["forbidden"] = [
  [/tw-colo/, "the planet's header tw-colo"],
  [/tw-client/, "the planet's header tw-client"],
];
const OUTSIDE: Script["forbiddenFiles"] = [
  [/^local\//, "code of the local planet"],
  [/^test\//, "code of the tests"],
];

export const SCRIPTS: readonly Script[] = [
  {
    title: "state",
    config: "durable-objects/wrangler.toml",
    forbidden: [...LOCAL_ONLY, [/TRADEWIND_API_TOKEN/, "a secret"]],
    forbiddenFiles: OUTSIDE,
  },
  {
    title: "edge",
    config: "wrangler.toml",
    forbidden: [...LOCAL_ONLY, [/TRADEWIND_API_TOKEN/, "a secret"]],
    // Every cold isolate in the world loads it before its first answer (docs/adr/0003, 0007).
    forbiddenFiles: [
      ...OUTSIDE,
      [/(^|\/)node_modules\/(?!@noble\/hashes\/)/, "a library other than @noble/hashes"],
    ],
  },
  {
    title: "central",
    config: "workers/central/wrangler.toml",
    forbidden: LOCAL_ONLY,
    forbiddenFiles: OUTSIDE,
  },
];

export interface ScriptConfig {
  readonly name: string;
  /** `REGION_STATE = RegionState of tradewind-state`, `SNAPSHOTS = KV`. */
  readonly bindings: readonly string[];
  readonly migrations: readonly string[];
  /** The KV namespaces' ids; empty text where none is set. */
  readonly keyValueIds: readonly string[];
}

/** Every kind of binding a script of ours has; any other kind is listed by its name, so that it is seen. */
const OTHER_KINDS = [
  "vars",
  "r2_buckets",
  "d1_databases",
  "services",
  "queues",
  "secrets_store_secrets",
  "mtls_certificates",
  "dispatch_namespaces",
  "analytics_engine_datasets",
] as const;

/** What is read of wrangler's own reading of a `wrangler.toml`; its type is too wide for the compiler. */
interface WranglerConfig extends Readonly<Partial<Record<(typeof OTHER_KINDS)[number], unknown>>> {
  readonly name: string;
  readonly durable_objects: {
    readonly bindings: readonly { name: string; class_name: string; script_name?: string }[];
  };
  readonly kv_namespaces: readonly { binding: string; id?: string }[];
  readonly migrations: readonly { tag: string; new_sqlite_classes?: readonly string[] }[];
}

export function readScriptConfig(script: Script): ScriptConfig {
  const config: WranglerConfig = readWranglerConfig({ config: join(root, script.config) });
  const objects = config.durable_objects.bindings.map(
    ({ name, class_name, script_name = config.name }) =>
      `${name} = ${class_name} of ${script_name}`,
  );
  const keyValues = config.kv_namespaces.map(({ binding }) => `${binding} = KV`);
  const others = OTHER_KINDS.flatMap((kind) =>
    namesIn(config[kind]).map((name) => `${name} = ${kind}`),
  );
  return {
    name: config.name,
    bindings: [...objects, ...keyValues, ...others].sort(),
    migrations: config.migrations.map(
      ({ tag, new_sqlite_classes = [] }) => `${tag}: ${new_sqlite_classes.join(", ")}`,
    ),
    keyValueIds: config.kv_namespaces.map(({ id = "" }) => id),
  };
}

/** The members of a section, which is a list of bindings or a map of names. */
function namesIn(section: unknown): string[] {
  if (Array.isArray(section)) return section.map((member) => String(member.binding ?? member));
  if (typeof section !== "object" || section === null) return [];
  const { producers, consumers } = section as { producers?: unknown; consumers?: unknown };
  return producers === undefined && consumers === undefined
    ? Object.keys(section)
    : [...namesIn(producers), ...namesIn(consumers)];
}
