/**
 * `npm run dns:matrix [-- --write]`: what each provider can be given, from what its file declares, as Markdown; `--write` puts it into
 * docs/dns-providers/README.md. Each cell that says more than `–` is written, listed and taken away again by the contract suite.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Abilities, canSay } from "../../../../routing/dns/abilities.ts";
import { POLICY_KINDS, type PolicyKind, RECORD_TYPES } from "../../../../routing/dns/record.ts";
import { AZURE_ABILITIES } from "../../../../workers/central/dns/azure.ts";
import { CLOUDFLARE_ABILITIES } from "../../../../workers/central/dns/cloudflare.ts";
import { EXTERNAL_DNS_WEBHOOK_ABILITIES } from "../../../../workers/central/dns/external_dns_webhook.ts";
import { GOOGLE_ABILITIES } from "../../../../workers/central/dns/google.ts";
import { powerdnsAbilities } from "../../../../workers/central/dns/powerdns.ts";
import { RFC2136_ABILITIES } from "../../../../workers/central/dns/rfc2136.ts";
import { ROUTE53_ABILITIES } from "../../../../workers/central/dns/route53.ts";
import { ANSWER_TYPES } from "./answer-types.ts";

interface Column {
  readonly title: string;
  readonly abilities: Abilities;
  /** What the contract suite is asked in front of. */
  readonly server: string;
}

const COLUMNS: readonly Column[] = [
  { title: "`route53`", abilities: ROUTE53_ABILITIES, server: "moto behind the vendor's limits" },
  {
    title: "`powerdns`",
    abilities: powerdnsAbilities({ lua_records: false }),
    server: "PowerDNS Authoritative",
  },
  {
    title: "`powerdns` with `lua_records`",
    abilities: powerdnsAbilities({ lua_records: true }),
    server: "PowerDNS Authoritative",
  },
  { title: "`rfc2136`", abilities: RFC2136_ABILITIES, server: "BIND 9" },
  {
    title: "`cloudflare`",
    abilities: CLOUDFLARE_ABILITIES,
    server: "a server made from the vendor's schemas",
  },
  {
    title: "`google`",
    abilities: GOOGLE_ABILITIES,
    server: "a server made from the vendor's schemas",
  },
  {
    title: "`azure`",
    abilities: AZURE_ABILITIES,
    server: "a server made from the vendor's schemas",
  },
  {
    title: "`external_dns_webhook`",
    abilities: EXTERNAL_DNS_WEBHOOK_ABILITIES,
    server: "a server made from the protocol",
  },
];

/** What is said where the provider cannot say it: the rules of `routing/dns/`. */
const INSTEAD: Readonly<Record<PolicyKind, string>> = {
  failover: "the ledger looks at the edge and switches one plain answer",
  weighted: "all addresses evenly; of several names the one with the largest share",
  latency: "the pools in their order",
  geo: "the pools in their order",
};

const NO = "–";
const yes = (can: boolean): string => (can ? "yes" : NO);
const number = (count: number): string => count.toLocaleString("en-US");

function policyCell(abilities: Abilities, policy: PolicyKind): string {
  const types = ANSWER_TYPES.filter((type) => canSay(abilities, policy, type));
  return types.length === 0 ? NO : types.join(", ");
}

type Row = readonly [string, (abilities: Abilities) => string];

const RECORDS: readonly Row[] = RECORD_TYPES.map((type) => [
  type,
  ({ types }) => yes(types.includes(type)),
]);
const POLICIES: readonly Row[] = POLICY_KINDS.map((policy) => [
  policy,
  (abilities) => policyCell(abilities, policy),
]);
const REST: readonly Row[] = [
  ["asks endpoints itself", ({ checks }) => yes(checks)],
  ["CNAME at the apex", ({ apexCname }) => yes(apexCname)],
  ["bytes of a TXT", ({ asciiTxt }) => (asciiTxt === true ? "printable ASCII" : "any")],
  [
    "the stamp is compared by",
    ({ fence }) => (fence === "provider" ? "the provider" : "a read before"),
  ],
  ["happens whole or not at all", ({ atomic }) => (atomic === "batch" ? "a batch" : "each set")],
  ["TTL in seconds", ({ ttl }) => `${number(ttl.min)} to ${number(ttl.max)}`],
  ["values in a set", ({ valuesMax }) => number(valuesMax)],
  ["changes in a batch", ({ batch }) => number(batch.changesMax)],
  ["characters in a batch", ({ batch }) => number(batch.charactersMax)],
];

/** Ends with an empty line. */
export function matrix(): string {
  const blocks = [
    "### Record sets",
    table("type", RECORDS),
    "### Answers that the provider chooses by itself",
    table("policy", POLICIES),
    "Where it cannot, this is published instead:",
    [
      "| policy | instead |",
      "|---|---|",
      ...POLICY_KINDS.map((kind) => `| ${kind} | ${INSTEAD[kind]} |`),
    ].join("\n"),
    "### How it is written",
    table("", [...REST, ["asked of", serverOf]]),
  ];
  return blocks.map((block) => `${block}\n\n`).join("");
}

const serverOf = (abilities: Abilities): string =>
  COLUMNS.find((column) => column.abilities === abilities)?.server ?? NO;

function table(first: string, rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line([first, ...COLUMNS.map(({ title }) => title)]),
    `|${"---|".repeat(COLUMNS.length + 1)}`,
    ...rows.map(([title, cell]) =>
      line([title, ...COLUMNS.map(({ abilities }) => cell(abilities))]),
    ),
  ].join("\n");
}

const DOCUMENT = join(import.meta.dirname, "../../../../docs/dns-providers/README.md");
const PLACE = /(?<=<!-- npm run dns:matrix -- --write -->\n\n)[\s\S]*(?=<!-- end -->)/;

/** What the document has of it. Errors: throws where its marks are gone. */
export function documented(): string {
  const [found] = PLACE.exec(readFileSync(DOCUMENT, "utf8")) ?? [];
  if (found === undefined)
    throw new Error("docs/dns-providers/README.md has no place for the matrix");
  return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.log(matrix());
  if (process.argv.includes("--write")) {
    const text = readFileSync(DOCUMENT, "utf8");
    writeFileSync(
      DOCUMENT,
      text.replace(PLACE, () => matrix()),
    );
  }
}
