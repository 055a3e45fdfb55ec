import type { Sealed } from "../../routing/snapshot.ts";
import type { EdgePorts } from "../ports.ts";

/** True when the text is the one that the hash was taken of: `isIntact` by the platform's hash. */
export const isWhole = async (sealed: Sealed, hash: EdgePorts["hash"]): Promise<boolean> =>
  (await hash(sealed.text)) === sealed.hash;
