/** What a server's answer means for who asked, classified once. */
import type { FailureKind } from "../provider.ts";
import type { Complaint } from "./tsig.ts";
import { rcodeName } from "./types.ts";

export interface Meaning {
  readonly kind: FailureKind;
  /** The reason and the next step, as a sentence after "the server". */
  readonly reason: string;
}

/** By the response code of an answer whose signature is right (RFC 2136, section 2.2). */
export function meaningOf(rcode: number): Meaning {
  const said = `answers ${rcodeName(rcode)}`;
  switch (rcodeName(rcode)) {
    case "NXRRSET":
    case "YXRRSET":
    case "NXDOMAIN":
    case "YXDOMAIN":
      return {
        kind: "fenced",
        reason: `${said}: the stamp, or a set that was to be replaced or made, is not as it was listed. List the zone again.`,
      };
    case "REFUSED":
      return {
        kind: "unauthorized",
        reason: `${said}: the key may not do this. Allow it to transfer and to update the zone (BIND: allow-transfer, update-policy).`,
      };
    case "NOTAUTH":
      return {
        kind: "no-zone",
        reason: `${said}: it has no authority over the zone. Give the address of the zone's primary.`,
      };
    case "NOTZONE":
      return {
        kind: "no-zone",
        reason: `${said}: a name is not in the zone as the server has it. Check where the zone is cut.`,
      };
    case "SERVFAIL":
      return { kind: "unreachable", reason: `${said}: a failure of its own. Its log says why.` };
    default:
      return {
        kind: "rejected",
        reason: `${said}: it does not take this message. Its log says why.`,
      };
  }
}

/** By the error of the answer's TSIG (RFC 8945, section 5.3.2). */
export function complaintMeaning(
  { error, serverTimeS }: Complaint,
  keyName: string,
  ourTimeS: number,
): Meaning {
  const said = `answers NOTAUTH with ${rcodeName(error)}`;
  const reason = {
    BADKEY: `it does not know the key ${keyName} with this algorithm. Check tsig_key_name and tsig_algorithm against the server's configuration.`,
    BADSIG: `the key ${keyName} has another secret there. Check tsig_secret.`,
    BADTIME: `its clock says ${serverTimeS ?? "another time"} and ours ${ourTimeS} (Unix seconds). Set the server's clock.`,
    BADTRUNC:
      "it wants a shorter signature than we give. Remove the digest's length from the key there.",
  }[rcodeName(error)];
  return {
    kind: "unauthorized",
    reason: `${said}: ${reason ?? "it does not take our signature."}`,
  };
}
