/** The snapshot of a running installation as a module that takes the place of `workers/edge/baked.ts`. */
import { DEFAULT_ACCOUNT } from "../../routing/names.ts";
import { invariant, ok, type Result, refuse } from "../../routing/result.ts";
import { type AddressPolicy, publicAddresses } from "../../routing/table/address.ts";
import { compileTable } from "../../routing/table/compile.ts";
import { asFetched } from "../../routing/table/endpoint-names.ts";
import { parseDocument } from "../../routing/table/parse.ts";
import type { TableVersion } from "../../routing/units.ts";
import type { BakedSnapshot } from "../../workers/ports.ts";
import { ask } from "../ask.ts";

export interface Baked {
  readonly version: number;
  readonly snapshot: BakedSnapshot;
}

/** Asks central for what is in force and compiles it as ConfigStore does: same document, same hashes. */
export async function bakeFrom(
  central: string,
  token: string,
  addresses: AddressPolicy = publicAddresses,
): Promise<Result<Baked, string>> {
  const read = async (path: string) => {
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    const answer = await ask(new URL(path, central).href, { headers });
    if (answer.status === 200) return JSON.parse(answer.text) as unknown;
    throw new Error(`${path} answers ${answer.status}: ${answer.text.slice(0, 300)}`);
  };
  try {
    const { versions } = (await read("/v1/versions")) as { versions: { version: number }[] };
    const [newest] = versions;
    if (newest === undefined) return refuse("there is no configuration to bake");
    const document = await read(`/v1/versions/${newest.version}`);
    return bakeDocument(document, newest.version, addresses);
  } catch (error) {
    return refuse(`nothing can be baked from ${central}: ${(error as Error).message}`);
  }
}

/** `document` is one that central gave: it carries every id. */
export function bakeDocument(
  document: unknown,
  version: number,
  addresses: AddressPolicy,
): Result<Baked, string> {
  const parsed = parseDocument(document, {
    account: DEFAULT_ACCOUNT,
    version: version as TableVersion,
    previous: null,
    mint: () => invariant(false, "a stored document carries every id") as never,
    addresses,
    // Never used: a stored document carries the age of every route.
    nowMs: 0,
  });
  if (!parsed.ok) {
    const [first] = parsed.error;
    return refuse(`version ${version} cannot be baked: ${first?.pointer}: ${first?.detail}`);
  }
  const { manifest, shards } = compileTable(asFetched(parsed.value.table, addresses));
  // The edge looks a shard up by the hash that the manifest names.
  const byHash = Object.fromEntries(Object.values(shards).map((shard) => [shard.hash, shard]));
  return ok({ version, snapshot: { manifest, shards: byHash } });
}

export const bakedModule = ({ snapshot }: Baked): string =>
  `export const baked = ${JSON.stringify(snapshot)};\n`;
