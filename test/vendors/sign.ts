/** Assertions as a client makes them, and wrong ones: the header and claims are whatever a test says. */
import { constants, type KeyObject, sign } from "node:crypto";

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A compact JWS signed by RSA with SHA-256; with PSS padding when the header says PS256. */
export function signJwt(header: { readonly alg: string }, claims: object, key: KeyObject): string {
  const text = `${part(header)}.${part(claims)}`;
  const pss = {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  const signature = sign("sha256", Buffer.from(text), header.alg === "PS256" ? pss : key);
  return `${text}.${signature.toString("base64url")}`;
}
