/**
 * Signatures of sessions, without a secret that the edge would have to keep (ADR 0014): the key is made of the load
 * balancer's id, and signed is the endpoint's. Both are 128 random bits that no visitor is ever shown, and that every edge has.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { toBase64Url } from "../explain/ticket.ts";
import type { Pool } from "../model.ts";
import type { EndpointId } from "../units.ts";
import { endpointKey, type Seal } from "./session-value.ts";

/** 96 bits: guessed at a million requests a second, one is right in 2.5 quadrillion years. */
const TAG_BYTES = 12;
const DOMAIN = "tradewind session affinity v1\n";

const seals = new WeakMap<readonly Pool[], Map<string, Seal>>();

/**
 * `balancer`: its id. The same endpoint has another name at every load balancer: a visitor of two learns of neither what
 * they share. Cost: the first time a key, and a hash for every endpoint of `pools` when the first name is looked up.
 */
export function sealOf(balancer: string, pools: readonly Pool[]): Seal {
  const ofPools = seals.get(pools) ?? new Map<string, Seal>();
  seals.set(pools, ofPools);
  const seal = ofPools.get(balancer) ?? made(balancer, pools);
  ofPools.set(balancer, seal);
  return seal;
}

function made(balancer: string, pools: readonly Pool[]): Seal {
  const signer = hmac.create(sha256, sha256(utf8ToBytes(DOMAIN + balancer)));
  const nameOf = (endpoint: EndpointId) => endpointKey(`${balancer} ${endpoint}`);
  let names: ReadonlyMap<string, EndpointId> | null = null;
  return {
    nameOf,
    endpointOf: (name) => {
      names ??= new Map(pools.flatMap(({ origins }) => origins.map(({ id }) => [nameOf(id), id])));
      return names.get(name) ?? null;
    },
    tagOf: (endpoint, startedAtMs) => {
      const digest = signer
        .clone()
        .update(utf8ToBytes(`${endpoint}\n${startedAtMs}`))
        .digest();
      return toBase64Url(digest.subarray(0, TAG_BYTES));
    },
  };
}
