/** The command line of `npm run freeze`, and the commands by which it reaches the switch without central. */
import { parseArgs } from "node:util";
import { freezeKey } from "../../routing/guard/freeze.ts";
import { DEFAULT_ACCOUNT } from "../../routing/names.ts";
import { ok, type Result, refuse } from "../../routing/result.ts";

export const USAGE = `freeze REASON                 stops every change of the configuration
freeze --thaw                 takes that switch back
freeze --status               where it is turned

  --by api|kv           which switch (api): kv needs wrangler and its login, and nothing of Tradewind
  --central URL         of a deployed central, with TRADEWIND_API_TOKEN in the environment; else the running planet
  --central-port N      of which planet, when several run`;

export interface Wanted {
  readonly action: "freeze" | "thaw" | "status";
  readonly reason: string;
  readonly by: "api" | "kv";
  readonly central: string | undefined;
  readonly centralPort: string | undefined;
}

const OPTIONS = {
  thaw: { type: "boolean", default: false },
  status: { type: "boolean", default: false },
  by: { type: "string", default: "api" },
  central: { type: "string" },
  "central-port": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** What the API takes as a note. */
const REASON_CHARACTERS_MAX = 200;

export function parseFreeze(args: readonly string[]): Result<Wanted | "help", string> {
  const read = readArguments(args);
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  const { thaw, status, by, central } = values;
  if (values.help) return ok("help");
  if (by !== "api" && by !== "kv") return refuse(`--by is api or kv, not ${by}.`);
  if (thaw && status) return refuse("--thaw changes and --status only looks: give one of them.");
  const reason = positionals.join(" ");
  if (reason.length > REASON_CHARACTERS_MAX) {
    return refuse(`The reason has at most ${REASON_CHARACTERS_MAX} characters.`);
  }
  const action = thaw ? "thaw" : status ? "status" : "freeze";
  if ((action === "freeze") !== (reason !== "")) {
    return refuse(action === "freeze" ? "Say why: freeze REASON." : `--${action} takes no reason.`);
  }
  const centralPort = values["central-port"];
  return ok({ action, reason, by, central, centralPort });
}

function readArguments(args: readonly string[]) {
  try {
    return ok(parseArgs({ options: OPTIONS, allowPositionals: true, args: [...args] }));
  } catch (error) {
    return refuse((error as Error).message.split(/\.\s/)[0] ?? "");
  }
}

/** Wrangler's arguments for the switch in KV of the deployed installation. */
export function keyCommand({
  action,
  reason,
}: Pick<Wanted, "action" | "reason">): readonly string[] {
  const key = freezeKey(DEFAULT_ACCOUNT);
  const where = ["--binding", "SNAPSHOTS", "--remote", "-c", "durable-objects/wrangler.toml"];
  const verb = { freeze: "put", thaw: "delete", status: "get" }[action];
  return ["kv", "key", verb, key, ...(action === "freeze" ? [reason] : []), ...where];
}

/** The request of the API. */
export function apiRequest({ action, reason }: Pick<Wanted, "action" | "reason">) {
  const method = { freeze: "PUT", thaw: "DELETE", status: "GET" }[action];
  const query = action === "freeze" ? `?note=${encodeURIComponent(reason)}` : "";
  return { method, path: `/v1/freeze${query}` };
}

/** What is left when central does not answer. */
export const withoutCentral = ({ action, reason }: Wanted): string => {
  const words = keyCommand({ action, reason }).map((word) =>
    /^[\w:./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return [
    "Without central there are two more switches, and any one is enough:",
    `  npx wrangler ${words.join(" ")}`,
    "  npx wrangler secret put TW_FREEZE -c durable-objects/wrangler.toml   (and -c workers/central/wrangler.toml, for DNS too)",
  ].join("\n");
};
