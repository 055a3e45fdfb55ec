/** Residencies that say nothing, or that nobody could keep. */
import type { BrokenDocument } from "./broken-documents.ts";
import { broken, type Whole } from "./broken-rules.ts";

const CODES = "an ISO 3166 code of two capitals such as DE";
const WORDS = `EU, EEA or ${CODES}`;
const SHOP = "/load_balancers/shop.example";

const eu = (fields: object) => (document: Whole) => {
  Object.assign(document.pools["eu"] ?? {}, fields);
};
const shop = (fields: object) => (document: Whole) => {
  Object.assign(document.load_balancers["shop.example"] ?? {}, fields);
};
const endpoint = (locality: object) => ({ name: "a", address: "a.example", locality });

export const brokenResidencies = (): readonly BrokenDocument[] => [
  broken("rule:places-exist", eu({ residency: ["DE", "UK"] }), "/pools/eu/residency/1", {
    value: "UK",
    range: WORDS,
  }),
  // Nowhere, although the platform has these codes for visitors.
  ...["XX", "QQQ"].map((word) =>
    broken("rule:places-exist", shop({ residency: [word] }), `${SHOP}/residency/0`, {
      value: word,
      range: WORDS,
    }),
  ),
  broken(
    "rule:places-exist",
    eu({ origins: [endpoint({ cloud: "own", region: "cellar", country: "EU" })] }),
    "/pools/eu/origins/0/locality/country",
    { value: "EU", range: CODES },
  ),
  broken(
    "rule:country-fits-region",
    eu({ origins: [endpoint({ cloud: "aws", region: "us-east-1", country: "DE" })] }),
    "/pools/eu/origins/0/locality/country",
    { value: "DE", range: '"US" or absent' },
  ),
  broken(
    "rule:residency-leaves-endpoints",
    eu({ residency: ["FR", "IT"] }),
    "/pools/eu/residency",
    {
      value: ["FR", "IT"],
      range: "some of: DE",
    },
  ),
  broken(
    "rule:residency-leaves-endpoints",
    eu({ origins: [endpoint({ cloud: "own", region: "cellar" })] }),
    "/pools/eu/residency",
    { value: ["DE"], range: "absent, or places where an endpoint is" },
  ),
  broken("rule:residency-leaves-endpoints", shop({ residency: ["US"] }), `${SHOP}/residency`, {
    value: ["US"],
    range: "some of: DE",
  }),
];
