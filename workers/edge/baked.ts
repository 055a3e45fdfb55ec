import type { BakedSnapshot } from "../ports.ts";

/** Nothing in the source; `npm run deploy` puts the account's snapshot in the place of this module. */
export const baked: BakedSnapshot | null = null;
