/** The shapes of credentials: what goes in, and what is told, which never has any of it. */
import { z } from "@hono/zod-openapi";
import { PROVIDERS } from "../../../routing/dns/abilities.ts";
import { CREDENTIALS } from "../../../routing/dns/settings.ts";
import { json } from "./schemas.ts";
import { zoneParameters } from "./zone-schemas.ts";

const instant = z.iso.datetime().openapi({ example: "2026-11-23T10:00:00.000Z" });
const id = z
  .string()
  .regex(/^[0-9a-f]{32}$/, "The id of sealed credentials is 32 lower-case hex characters")
  .openapi({ example: "0123456789abcdef0123456789abcdef" });

export const credentialsParameters = zoneParameters.extend({ id });
export const sealQuery = z.object({
  provider: z.enum(PROVIDERS).optional().openapi({
    description: "Whose credentials they are; absent: those of the zone's provider.",
  }),
  endpoint: z
    .array(z.string().max(2_048))
    .max(8)
    .optional()
    .openapi({
      description:
        "Where they may be sent, given once for each of the zone's `endpoint`, `sts_endpoint`, `token_uri` and `authority`; paths do not count. " +
        "Absent: where the vendor's own are; needed where there are none (powerdns, rfc2136, external_dns_webhook).",
    }),
});
export const credentialsRequest = json(
  z.union(PROVIDERS.map((provider) => CREDENTIALS[provider])).openapi("Credentials", {
    description: "By the zone's provider. Goes in and never comes out.",
  }),
);

const sealed = z.object({
  sealed: id,
  provider: z.string(),
  endpoints: z.array(z.string()).openapi({
    description: "Where they may be sent, and nowhere else.",
    example: ["https://powerdns.example:8081"],
  }),
  key: z.string().openapi({ example: "TW_KEK_1" }),
  created_on: instant,
});
export const sealedDocument = json(sealed);
export const sealedListDocument = json(
  z.object({
    zone: z.string(),
    credentials: z.array(sealed.extend({ age_seconds: z.int() })),
  }),
);
export const rotationDocument = json(
  z.object({
    zone: z.string(),
    key: z.string(),
    resealed: z.int(),
    already: z.int(),
    failed: z.array(z.object({ sealed: id, detail: z.string() })),
  }),
);
