/** The server's side of a conversation, with a TSIG of its own making (RFC 8945) over Node's crypto. */
import { createHmac } from "node:crypto";
import {
  messageBytes,
  type ResourceRecord,
} from "../../../../../workers/central/dns/rfc2136/message.ts";
import type { TsigKey } from "../../../../../workers/central/dns/rfc2136/tsig.ts";
import { CLASS_IN } from "../../../../../workers/central/dns/rfc2136/types.ts";
import type { DialPort } from "../../../../../workers/ports.ts";

export const KEY: TsigKey = {
  name: "key.test",
  algorithm: "hmac-sha256",
  secret: Buffer.from("canary-secret-of-32-bytes-length").toString("base64"),
};
export const NOW_S = 1_795_000_000;

const u16 = (value: number) => Buffer.from([(value >> 8) & 255, value & 255]);
const wireName = (name: string) =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
const time = (seconds: number) => {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(seconds, 0, 6);
  return bytes;
};

export interface Signing {
  readonly key?: TsigKey;
  /** Absent: it is a request. */
  readonly priorMac?: Buffer;
  /** Messages without a signature since the last one. */
  readonly between?: readonly Uint8Array[];
  /** Only time and fudge are signed with it: all but the first of a transfer. */
  readonly isFurther?: boolean;
  readonly timeS?: number;
  readonly error?: number;
  readonly other?: Buffer;
  readonly mac?: Buffer;
}

/** The message with its TSIG, and the MAC for the next one. */
export function signed(message: Uint8Array, of: Signing): { bytes: Buffer; mac: Buffer } {
  const { key = KEY, between = [], isFurther = false, timeS = NOW_S } = of;
  const { error = 0, other = Buffer.alloc(0) } = of;
  const timers = Buffer.concat([time(timeS), u16(300)]);
  const variables = Buffer.concat([
    wireName(key.name),
    Buffer.from([0, 255, 0, 0, 0, 0]),
    wireName(key.algorithm),
    timers,
    u16(error),
    u16(other.length),
    other,
  ]);
  const prior = of.priorMac === undefined ? [] : [u16(of.priorMac.length), of.priorMac];
  const mac =
    of.mac ??
    createHmac(key.algorithm.slice("hmac-".length), Buffer.from(key.secret, "base64"))
      .update(Buffer.concat([...prior, ...between, message]))
      .update(isFurther ? timers : variables)
      .digest();
  const rdata = Buffer.concat([
    wireName(key.algorithm),
    timers,
    u16(mac.length),
    mac,
    Buffer.from(message.subarray(0, 2)),
    u16(error),
    u16(other.length),
    other,
  ]);
  const record = Buffer.concat([
    wireName(key.name),
    Buffer.from([0, 250, 0, 255, 0, 0, 0, 0]),
    u16(rdata.length),
    rdata,
  ]);
  const bytes = Buffer.concat([message, record]);
  bytes[11] = (bytes[11] ?? 0) + 1;
  return { bytes, mac };
}

/** The MAC of a request whose digest has 32 bytes: six fields follow it. */
export const macOf = (request: Uint8Array, length = 32): Buffer =>
  Buffer.from(request.subarray(request.length - 6 - length, request.length - 6));

/** An answer without a signature. */
export function answerTo(
  request: Uint8Array,
  records: readonly ResourceRecord[],
  rcode = 0,
): Uint8Array {
  const id = (request[0] ?? 0) * 256 + (request[1] ?? 0);
  const opcode = ((request[2] ?? 0) >> 3) & 15;
  const bytes = messageBytes(id, opcode, { questions: [], answers: records, authorities: [] });
  bytes[2] = (bytes[2] ?? 0) | 0x80;
  bytes[3] = rcode;
  return bytes;
}

export const record = (name: string, type: number, rdata: readonly number[], ttl = 60) => ({
  name,
  type,
  class: CLASS_IN,
  ttl,
  rdata: Uint8Array.from(rdata),
});

/** An SOA whose serial is its last number but four. */
export const soa = (zone: string, serial = 1) =>
  record(zone, 6, [1, 97, 0, 1, 98, 0, 0, 0, 0, serial, ...Array<number>(16).fill(0)]);

/**
 * Takes requests in memory: `script` gives, for each, the answers in order; after them the connection ends. What was sent is kept, and what
 * comes back comes in pieces of `piece` bytes.
 */
export function peer(
  script: (request: Uint8Array) => readonly Uint8Array[],
  piece = 1_000,
): { dial: DialPort; requests: Uint8Array[]; closed: () => number } {
  const requests: Uint8Array[] = [];
  let closed = 0;
  const dial: DialPort = async () => {
    const pipe = new TransformStream<Uint8Array, Uint8Array>();
    const writer = pipe.writable.getWriter();
    const answer = async (chunk: Uint8Array) => {
      const request = chunk.slice(2);
      requests.push(request);
      const all = Buffer.concat(script(request).flatMap((each) => [u16(each.length), each]));
      for (let at = 0; at < all.length; at += piece)
        await writer.write(all.subarray(at, at + piece));
      await writer.close();
    };
    return {
      readable: pipe.readable,
      writable: new WritableStream({
        write(chunk) {
          answer(chunk).catch(() => {});
        },
      }),
      close: async () => {
        closed += 1;
      },
    };
  };
  return { dial, requests, closed: () => closed };
}
