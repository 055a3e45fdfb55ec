import { isIntact, readStored, type Sealed } from "../../routing/snapshot.ts";

/** What KV holds under a key; `null` for anything whose text is not the one its hash was taken of. */
export function wholeIn(stored: string): Sealed | null {
  const sealed = readStored(stored);
  return isIntact(sealed) ? sealed : null;
}
