/** The mark of an account in the zones of others, in the alphabet that every provider's records take. */

const CHARACTERS_MAX = 32;

/** `_tradewind-freeze` stops every write to a zone, so nobody is called that; the schema refuses it too. */
const RESERVED = "freeze";

/** Whose account has nothing of that alphabet in its name is called after the product. */
export function ownerOf(account: string): string {
  const owner = account
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, CHARACTERS_MAX)
    .replace(/-$/, "");
  return owner === "" || owner === RESERVED ? "tradewind" : owner;
}
