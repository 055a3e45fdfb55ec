/** The DNS servers that are found on this machine, each with the zone `shop.test`, and what each of them answers. */

import { ok, type Result, refuse } from "../../../routing/result.ts";
import { startBind } from "../../../test/servers/bind.ts";
import { ask } from "../../../test/servers/dig.ts";
import { startPowerDns } from "../../../test/servers/powerdns.ts";
import { INSTALL, programsFound } from "../../../test/servers/programs.ts";

const DOMAIN = "shop.test";

export interface DnsServer {
  readonly label: string;
  /** The name of its entry in dns.yaml, and what is filled in there. */
  readonly zone: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Its credentials, as the environment of the planet. */
  readonly env: Readonly<Record<string, string>>;
  /** Addresses, or the name that a CNAME leads to. */
  answer(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Those that are found, running. Refusal: none is, with the command that brings them. */
export async function startServers(): Promise<Result<readonly DnsServer[], string>> {
  const { pdns, pdnsSchema, named } = programsFound();
  const hasPowerDns = pdns !== undefined && pdnsSchema !== undefined;
  const missing = [...(hasPowerDns ? [] : ["PowerDNS"]), ...(named === undefined ? ["BIND"] : [])];
  const bring = `To have ${missing.length > 1 ? "them" : "it"}: ${INSTALL}`;
  if (missing.length === 2) {
    return refuse(`no DNS server is found, neither PowerDNS nor BIND. ${bring}`);
  }
  if (missing.length > 0) console.log(`Without ${missing.join()}, which is not found. ${bring}`);
  const starts = [...(hasPowerDns ? [powerDns()] : []), ...(named === undefined ? [] : [bind()])];
  return ok(await Promise.all(starts));
}

async function powerDns(): Promise<DnsServer> {
  const server = await startPowerDns({ zones: [DOMAIN] });
  return {
    label: "PowerDNS",
    zone: `powerdns.${DOMAIN}`,
    fields: { endpoint: server.endpoint },
    env: { TW_CRED_PDNS: JSON.stringify({ api_key: server.apiKey }) },
    answer: (name) => answerAt(server.dnsPort, name),
    stop: () => server.stop(),
  };
}

async function bind(): Promise<DnsServer> {
  const server = await startBind({ zones: [DOMAIN] });
  const { name: tsig_key_name, algorithm: tsig_algorithm, secret } = server.key;
  return {
    label: "BIND",
    zone: `bind.${DOMAIN}`,
    fields: {
      endpoint: `${server.host}:${server.port}`,
      settings: { tsig_key_name, tsig_algorithm },
    },
    env: { TW_CRED_BIND: JSON.stringify({ tsig_secret: secret }) },
    answer: (name) => answerAt(server.port, name),
    stop: () => server.stop(),
  };
}

/** What a visitor's resolver would go on with. */
async function answerAt(port: number, name: string): Promise<string> {
  const { answers } = await ask({ port, name, type: "A" });
  const addresses = answers.filter(({ type }) => type === "A").map(({ data }) => data);
  if (addresses.length > 0) return addresses.sort().join(" ");
  return answers.map(({ data }) => data).at(-1) ?? "nothing";
}
