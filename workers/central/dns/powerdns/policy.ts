/**
 * A policy as the code of a LUA record, and back (https://doc.powerdns.com/authoritative/lua-records/).
 *
 * The code begins with a comment that holds the policy itself. What is read is taken for ours only when what is made from that comment is
 * letter by letter what is there: whose code somebody changed by hand is somebody else's, and a change is never overlooked.
 *
 * The server asks the addresses that it answers, under the check's host. `ifurlup` and `ifportup` answer some address always; that none is up
 * shows when the last of their answer is `NOWHERE`, which they were given last and which nothing can connect to. Before the first look at an
 * address it counts as down.
 */
import { z } from "zod";
import type { Check, Member, Policy, PolicyKind } from "../../../../routing/dns/record.ts";
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import { contentOf } from "./content.ts";

/** The policies that there is code for. */
export const LUA_POLICIES = ["failover", "weighted"] as const satisfies readonly PolicyKind[];

type LuaPolicy = Extract<Policy, { readonly kind: (typeof LUA_POLICIES)[number] }>;

/** What a LUA record of ours says. */
export interface LuaSet {
  /** The type of its answers. */
  readonly type: string;
  /** Of the set; all LUA records of a name have the TTL of the shortest. */
  readonly ttl: number;
  readonly policy: LuaPolicy;
}

/** A connection to these is refused by the machine that asks: the broadcast address, and a multicast group. */
const NOWHERE: Readonly<Record<string, string>> = {
  A: "255.255.255.255",
  AAAA: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

/**
 * lua-records-exec-limit: "Limit LUA records scripts to 1000 instructions". Lua 5.1 takes 30 for a member with a check and 2 for a value (counted
 * with a hook), so 25 members with 100 values, which is the most of a set, are 950.
 */
export const CHECKED_MEMBERS_MAX = 25;

const OPENING = ";--[=[tradewind ";
const CLOSING = "]=] ";

/** The record's content. Refusal: why this set has none, as the second half of a sentence. */
export function luaOf({ type, ttl, policy }: LuaSet): Result<string, string> {
  // Blanks between its fields, so that it can be cut there.
  const json = JSON.stringify({ ttl, policy: plain(policy) }, null, 1).replace(/\n */g, " ");
  const code = policy.kind === "failover" ? failoverCode(type, policy) : weightedCode(type, policy);
  if (!code.ok) return code;
  // The server takes `"` for the end of a part and Lua a backslash for an escape; the comment is JSON with the other quotes.
  if (!/^[ -~]*$/.test(json) || /['\\]|\]=/.test(json) || code.value.includes('"')) {
    return refuse(
      "has a quote, a backslash or a letter outside ASCII, which no LUA record can say",
    );
  }
  return ok(`${type} ${inParts(OPENING + json.replaceAll('"', "'") + CLOSING + code.value)}`);
}

/** `null`: it is not one of ours. */
export function readLua(content: string): LuaSet | null {
  const [, type = "", code = ""] = /^(\S+) (.*)$/s.exec(content) ?? [];
  const text = code.slice(1, -1).replaceAll('" "', "");
  const end = text.indexOf(CLOSING);
  if (!text.startsWith(OPENING) || end < 0) return null;
  const json = text.slice(OPENING.length, end).replaceAll("'", '"');
  const read = commentSchema.safeParse(parsed(json));
  if (!read.success) return null;
  const set = { type, ttl: read.data.ttl, policy: read.data.policy as LuaPolicy };
  const made = luaOf(set);
  return made.ok && made.value === content ? set : null;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** In one order of fields, so that the same policy is the same text. */
function plain(policy: LuaPolicy): unknown {
  const { kind } = policy;
  if (kind === "failover") {
    const { primary, secondary } = policy;
    return { kind, primary: plainMember(primary), secondary: plainMember(secondary) };
  }
  const members = [...policy.members].sort(byId);
  return { kind, members: members.map((each) => ({ ...plainMember(each), weight: each.weight })) };
}

const plainMember = ({ id, values, check }: Member) => ({
  id,
  values: [...values].sort(),
  ...(check !== undefined && { check: plainCheck(check) }),
});

const plainCheck = ({ protocol, target, host, port, path, interval, failures }: Check) => ({
  protocol,
  target,
  ...(host !== undefined && { host }),
  port,
  ...(path !== undefined && { path }),
  interval,
  failures,
});

const checkSchema = z.strictObject({
  protocol: z.enum(["http", "https", "tcp"]),
  target: z.string(),
  host: z.string().optional(),
  port: z.number(),
  path: z.string().optional(),
  interval: z.literal([10, 30]),
  failures: z.number(),
});
const memberSchema = z.strictObject({
  id: z.string(),
  values: z.array(z.string()),
  check: checkSchema.optional(),
});
const commentSchema = z.strictObject({
  ttl: z.number(),
  policy: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("failover"),
      primary: memberSchema,
      secondary: memberSchema.omit({ check: true }),
    }),
    z.strictObject({
      kind: z.literal("weighted"),
      members: z.array(memberSchema.extend({ weight: z.number() })),
    }),
  ]),
});

const list = (type: string, values: readonly string[]): string =>
  `{${[...values]
    .sort()
    .map((value) => `'${contentOf(type, value)}'`)
    .join(", ")}}`;

type Failover = Extract<Policy, { readonly kind: "failover" }>;
type Weighted = Extract<Policy, { readonly kind: "weighted" }>;

function failoverCode(type: string, { primary, secondary }: Failover): Result<string, string> {
  if (primary.check === undefined) return refuse("has a primary without a check");
  const asked = checkCode(type, primary.values, primary.check);
  if (!asked.ok) return asked;
  const isDown = `up[#up]=='${NOWHERE[type]}'`;
  return ok(
    `local up=${asked.value} if ${isDown} then return ${list(type, secondary.values)} end return up`,
  );
}

/** Members by their place, because a member has several values and a share is drawn once. */
function weightedCode(type: string, { members }: Weighted): Result<string, string> {
  // "The sum of items cannot be zero"; where all weights are, all are the same.
  const isEven = members.every(({ weight }) => weight === 0);
  const drawn = [...members].sort(byId).filter(({ weight }) => isEven || weight > 0);
  const shares = drawn.map(({ weight }, at) => `{${isEven ? 1 : weight},'${at + 1}'}`).join(", ");
  const answers = drawn.map(({ values }) => list(type, values)).join(", ");
  const opening = `local all={${shares}} local answers={${answers}} `;
  const pick = (from: string) => `return answers[tonumber(pickwrandom(${from}))]`;
  const checked = drawn.filter(({ check }) => check !== undefined).length;
  if (checked === 0) return ok(opening + pick("all"));
  if (checked > CHECKED_MEMBERS_MAX) {
    return refuse(
      `has ${checked} members with a check, and PowerDNS has time for ${CHECKED_MEMBERS_MAX}`,
    );
  }
  let asks = "";
  for (const [at, { values, check }] of drawn.entries()) {
    const take = `live[#live+1]=all[${at + 1}]`;
    if (check === undefined) {
      asks += `${take} `;
      continue;
    }
    const asked = checkCode(type, values, check);
    if (!asked.ok) return asked;
    asks += `up=${asked.value} if up[#up]~='${NOWHERE[type]}' then ${take} end `;
  }
  return ok(`${opening}local live,up={} ${asks}if #live==0 then live=all end ${pick("live")}`);
}

const byId = (a: Member, b: Member): number => (a.id < b.id ? -1 : 1);

/** Answers the addresses that are up, or all with `NOWHERE` as the last when none is. */
function checkCode(type: string, values: readonly string[], check: Check): Result<string, string> {
  const nowhere = NOWHERE[type];
  if (nowhere === undefined) return refuse(`has a check, and PowerDNS checks addresses only`);
  const host = check.host ?? check.target;
  const options =
    "{selector='all',backupSelector='all'," +
    `interval='${check.interval}',minimumFailures='${check.failures}'}`;
  if (check.protocol === "tcp") {
    return ok(
      `ifportup(${check.port},${list(type, values).slice(0, -1)},'${nowhere}'},${options})`,
    );
  }
  // PowerDNS takes the first colon of a host for that before its port.
  if (!/^[a-z0-9._-]+$/i.test(host)) {
    return refuse(`has a check of ${host}, and PowerDNS takes a name or an IPv4 address there`);
  }
  const url = `${check.protocol}://${host}:${check.port}${check.path ?? "/"}`;
  return ok(`ifurlup('${url}',{${list(type, values)},{'${nowhere}'}},${options})`);
}

/** A string of a record has 255 bytes at most; a longer one is cut anywhere by a transfer. */
const PART_MAX = 255;

/**
 * Cut after a blank outside Lua's quotes: the server joins the parts with a blank (before 5.0) or with nothing. Without one within
 * 255 characters it is cut later, which the API takes.
 */
function inParts(code: string): string {
  const parts: string[] = [];
  let part = "";
  let isQuoted = false;
  let cut = 0;
  for (const character of code) {
    part += character;
    if (character === "'") isQuoted = !isQuoted;
    if (character === " " && !isQuoted) cut = part.length;
    if (part.length >= PART_MAX && cut > 0) {
      parts.push(part.slice(0, cut));
      part = part.slice(cut);
      cut = 0;
    }
  }
  return [...parts, part].map((each) => `"${each}"`).join(" ");
}
