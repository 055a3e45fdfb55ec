import { parseArgs } from "node:util";
import { ok, type Result, refuse } from "../routing/result.ts";

export interface StartFlags {
  readonly config: string | null;
  readonly demo: boolean;
  readonly rtt: boolean;
  readonly edgePort: number;
  readonly centralPort: number;
  readonly state: string | null;
}

export const START_HELP = `npm start -- [flags]       the whole planet on this machine

  --config FILE.yaml   apply this document at start
  --no-demo            no demo origins, no demo load balancer
  --no-rtt             no simulated distance between colos and endpoints
  --edge-port N        where visitors enter (8787; 0 takes any free port)
  --central-port N     the operators' API and page (8788; 0 takes any free port)
  --state DIR          keep configuration, health and history there; without it they go when the planet ends
  --help               this text

TRADEWIND_API_TOKEN sets the operators' token; without it one is drawn and printed.
TW_KEK_1, … and TW_CRED_… are handed on to central: keys and credentials of DNS providers (docs/dns.md).`;

/** `"help"` when help was asked for. Refusal: one line naming the flag, the value and what would be right. */
export function parseStartFlags(args: readonly string[]): Result<StartFlags | "help", string> {
  const parsed = parseKnown(args);
  if (!parsed.ok) return parsed;
  const { values } = parsed.value;
  if (values.help === true) return ok("help");
  const edgePort = parsePort("--edge-port", values["edge-port"]);
  if (!edgePort.ok) return edgePort;
  const centralPort = parsePort("--central-port", values["central-port"]);
  if (!centralPort.ok) return centralPort;
  if (edgePort.value !== 0 && edgePort.value === centralPort.value) {
    return refuse(`--edge-port and --central-port are both ${edgePort.value}; they must differ`);
  }
  return ok({
    config: values.config ?? null,
    demo: values["no-demo"] !== true,
    rtt: values["no-rtt"] !== true,
    edgePort: edgePort.value,
    centralPort: centralPort.value,
    state: values.state ?? null,
  });
}

const parseKnownFlags = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: false,
    options: {
      config: { type: "string" },
      "no-demo": { type: "boolean" },
      "no-rtt": { type: "boolean" },
      "edge-port": { type: "string", default: "8787" },
      "central-port": { type: "string", default: "8788" },
      state: { type: "string" },
      help: { type: "boolean" },
    },
  });

function parseKnown(args: readonly string[]): Result<ReturnType<typeof parseKnownFlags>, string> {
  try {
    return ok(parseKnownFlags(args));
  } catch (error) {
    // Node's first sentence names the flag; the rest is advice about parsing.
    const sentence = String((error as Error).message).split(/\.\s/)[0] ?? "";
    return refuse(`${sentence}; see npm start -- --help`);
  }
}

export function parsePort(flag: string, text: string): Result<number, string> {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return ok(port);
  return refuse(`${flag} is a port from 0 to 65535, not "${text}"`);
}
