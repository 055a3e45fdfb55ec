/**
 * TSIG (RFC 8945): each message carries a MAC of itself under a secret that both sides have.
 *
 * A request's MAC goes into the answer's, and in a transfer each answer's into the next one's, so nothing can be replayed, left out or put
 * in another order. An answer is believed only when its own MAC is right.
 */
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import type { Ms } from "../../../../routing/units.ts";
import { ByteReader, concat, Malformed, u16, u32, u48 } from "./bytes.ts";
import { type Message, recordBytes } from "./message.ts";
import { nameBytes, readName } from "./names.ts";
import { CLASS_ANY, TYPE_TSIG } from "./types.ts";

/** How far two clocks may be apart: "a fudge of 300 seconds" is recommended (RFC 8945, section 10). */
const FUDGE_S = 300;
/** "At least every 100th message" of a transfer is signed (section 5.3.1). */
const UNSIGNED_MAX = 99;

export interface TsigKey {
  /** Lower case without the last dot. */
  readonly name: string;
  readonly algorithm: string;
  /** Base64. */
  readonly secret: string;
}

const HASHES: Readonly<Record<string, string>> = {
  "hmac-sha256": "SHA-256",
  "hmac-sha384": "SHA-384",
  "hmac-sha512": "SHA-512",
};

interface Tsig {
  readonly keyName: string;
  readonly algorithm: string;
  readonly timeS: number;
  readonly fudgeS: number;
  readonly mac: Uint8Array;
  readonly originalId: number;
  readonly error: number;
  readonly other: Uint8Array;
}

/** What an answer's TSIG says of our request: `error` by `RCODES`, and the server's clock where it complains of ours. */
export interface Complaint {
  readonly error: number;
  readonly serverTimeS?: number;
}

/** One request and all of its answers. */
export class TsigSession {
  readonly #key: TsigKey;
  readonly #secret: Promise<CryptoKey>;
  readonly #nowMs: () => Ms;
  #priorMac: Uint8Array = new Uint8Array();
  /** Messages since the last one that was signed. */
  #unsigned: Uint8Array[] = [];
  #isFirst = true;

  constructor(key: TsigKey, nowMs: () => Ms) {
    this.#key = key;
    this.#nowMs = nowMs;
    const secret = Uint8Array.from(atob(key.secret), (character) => character.charCodeAt(0));
    const hash = HASHES[key.algorithm] ?? "SHA-256";
    this.#secret = crypto.subtle.importKey("raw", secret, { name: "HMAC", hash }, false, [
      "sign",
      "verify",
    ]);
  }

  /** The request with its TSIG record. */
  async sign(message: Uint8Array): Promise<Uint8Array> {
    const unsigned: Tsig = {
      keyName: this.#key.name,
      algorithm: this.#key.algorithm,
      timeS: this.#nowS(),
      fudgeS: FUDGE_S,
      mac: new Uint8Array(),
      originalId: new ByteReader(message).u16(),
      error: 0,
      other: new Uint8Array(),
    };
    const digested = concat([message, variablesOf(unsigned)]);
    const mac = new Uint8Array(await crypto.subtle.sign("HMAC", await this.#secret, digested));
    this.#priorMac = mac;
    return withTsig(message, { ...unsigned, mac });
  }

  /**
   * Takes the next answer. True: its MAC is right, and it vouches for those before it that had none. False: it has no TSIG, so
   * nothing in it may be believed before a later one vouches for it. Refusal: it must not be believed, or the server complains.
   */
  async take(bytes: Uint8Array, message: Message): Promise<Result<boolean, string | Complaint>> {
    if (message.tsigAt === undefined) {
      this.#unsigned.push(bytes);
      return this.#unsigned.length > UNSIGNED_MAX
        ? refuse(`has more than ${UNSIGNED_MAX} messages in a row without a signature`)
        : ok(false);
    }
    const tsig = readTsig(message);
    if (typeof tsig === "string") return refuse(tsig);
    // A server that does not know the key, or finds our MAC wrong, cannot sign (section 5.2.1 and 5.2.2).
    if (tsig.error !== 0 && tsig.mac.length === 0) return refuse({ error: tsig.error });
    if (tsig.keyName !== this.#key.name || tsig.algorithm !== this.#key.algorithm) {
      return refuse("is signed with another key");
    }
    const digested = concat([
      u16(this.#priorMac.length),
      this.#priorMac,
      ...this.#unsigned,
      withoutTsig(bytes, message.tsigAt, tsig.originalId),
      this.#isFirst ? variablesOf(tsig) : timersOf(tsig),
    ]);
    const secret = await this.#secret;
    // A MAC cut short is not taken: `verify` wants the whole of it, and compares in constant time.
    const isRight = await crypto.subtle.verify("HMAC", secret, tsig.mac, digested);
    if (!isRight) return refuse("has a signature that is wrong");
    if (tsig.error !== 0) {
      const isTime = tsig.other.length === 6;
      const serverTimeS = isTime ? readU48(new ByteReader(tsig.other)) : undefined;
      return refuse({ error: tsig.error, ...(serverTimeS !== undefined && { serverTimeS }) });
    }
    const apartS = Math.abs(this.#nowS() - tsig.timeS);
    if (apartS > tsig.fudgeS) return refuse(`was signed ${apartS} s from now by our clock`);
    this.#priorMac = tsig.mac;
    this.#unsigned = [];
    this.#isFirst = false;
    return ok(true);
  }

  #nowS(): number {
    return Math.floor(this.#nowMs() / 1_000);
  }
}

const timersOf = ({ timeS, fudgeS }: Tsig) => [...u48(timeS), ...u16(fudgeS)];

/** Section 4.3.3. */
const variablesOf = (tsig: Tsig) =>
  concat([
    nameBytes(tsig.keyName),
    u16(CLASS_ANY),
    u32(0),
    nameBytes(tsig.algorithm),
    timersOf(tsig),
    u16(tsig.error),
    u16(tsig.other.length),
    tsig.other,
  ]);

function withTsig(message: Uint8Array, tsig: Tsig): Uint8Array {
  const rdata = concat([
    nameBytes(tsig.algorithm),
    timersOf(tsig),
    u16(tsig.mac.length),
    tsig.mac,
    u16(tsig.originalId),
    u16(tsig.error),
    u16(tsig.other.length),
    tsig.other,
  ]);
  const record = { name: tsig.keyName, type: TYPE_TSIG, class: CLASS_ANY, ttl: 0, rdata };
  const whole = concat([message, recordBytes(record)]);
  return withAdditionals(whole, 1);
}

/** The message that its sender signed: one additional record less, and the id that it had then (section 4.3.2). */
function withoutTsig(bytes: Uint8Array, tsigAt: number, originalId: number): Uint8Array {
  const message = withAdditionals(bytes.slice(0, tsigAt), -1);
  message.set(u16(originalId), 0);
  return message;
}

/** Changes the count of additional records, which is at byte 10, in place. */
function withAdditionals(message: Uint8Array, more: number): Uint8Array {
  message.set(u16(new ByteReader(message, 10).u16() + more), 10);
  return message;
}

/** A text: why it is none. */
function readTsig(message: Message): Tsig | string {
  const record = message.additionals.at(-1);
  if (record?.class !== CLASS_ANY || record.ttl !== 0) return "has a TSIG of a wrong class or TTL";
  try {
    const reader = new ByteReader(record.rdata);
    const tsig = {
      keyName: record.name,
      algorithm: readName(reader),
      timeS: readU48(reader),
      fudgeS: reader.u16(),
      mac: reader.take(reader.u16()),
      originalId: reader.u16(),
      error: reader.u16(),
      other: reader.take(reader.u16()),
    };
    return reader.left === 0 ? tsig : "has a TSIG that is too long";
  } catch (error) {
    if (error instanceof Malformed) return `has a TSIG that ${error.message}`;
    throw error;
  }
}

const readU48 = (reader: ByteReader): number => reader.u16() * 2 ** 32 + reader.u32();
