/** The mark of an account in the zones of others, in the alphabet that every provider's records take. */

const CHARACTERS_MAX = 32;

/** Who has nothing of that alphabet in the account's name is called after the product. */
export const ownerOf = (account: string): string =>
  account
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, CHARACTERS_MAX)
    .replace(/-$/, "") || "tradewind";
