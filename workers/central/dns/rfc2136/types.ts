/** Numbers of DNS that we speak of (IANA, Domain Name System Parameters). */

/** Those that a zone is likely to have; another is called `TYPE` and its number (RFC 3597, section 5). */
const TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  AAAA: 28,
  LOC: 29,
  SRV: 33,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  DNAME: 39,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  TSIG: 250,
  AXFR: 252,
  URI: 256,
  CAA: 257,
};

const NAMES = new Map(Object.entries(TYPES).map(([name, number]) => [number, name]));

/** `undefined` for a name that is not in the table. */
export const typeNumber = (name: string): number | undefined => TYPES[name];

export const typeName = (number: number): string => NAMES.get(number) ?? `TYPE${number}`;

export const TYPE_SOA = 6;
export const TYPE_TSIG = 250;
export const TYPE_AXFR = 252;
/** As a type in a prerequisite: the whole name (RFC 2136, section 2.4). */
export const TYPE_ANY = 255;

export const CLASS_IN = 1;
/** "Does not exist" in a prerequisite (RFC 2136, section 2.4.3). */
export const CLASS_NONE = 254;
/** A whole set in an update (section 2.5.2); also the class of TSIG. */
export const CLASS_ANY = 255;

export const OPCODE_QUERY = 0;
export const OPCODE_UPDATE = 5;

/** RFC 1035, section 4.1.1; RFC 2136, section 2.2; RFC 8945, section 3 for those from 16 on, which only TSIG carries. */
export const RCODES: Readonly<Record<number, string>> = {
  0: "NOERROR",
  1: "FORMERR",
  2: "SERVFAIL",
  3: "NXDOMAIN",
  4: "NOTIMP",
  5: "REFUSED",
  6: "YXDOMAIN",
  7: "YXRRSET",
  8: "NXRRSET",
  9: "NOTAUTH",
  10: "NOTZONE",
  16: "BADSIG",
  17: "BADKEY",
  18: "BADTIME",
  22: "BADTRUNC",
};

export const rcodeName = (code: number): string => RCODES[code] ?? `RCODE${code}`;
