/**
 * Bytes of a DNS message, read within their bounds and written big-endian (RFC 1035, section 2.3.2).
 *
 * This codec is our own: `dns-packet` needs Node's Buffer, has no rdata of SVCB and HTTPS that can be written, no TSIG that verifies, and
 * stops at the first record that it cannot read. A zone has records of others, and none of them may end a listing.
 */

/** What was read is no DNS: thrown below `readMessage` and `rdataOf`, which answer it as a refusal. The message ends a sentence. */
export class Malformed extends Error {}

export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  /** Where it ends: nothing is read from there on. */
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    if (end > bytes.length || at > end) throw new Malformed("ends in the middle of a field");
  }

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    const byte = this.at < this.end ? this.bytes[this.at] : undefined;
    if (byte === undefined) throw new Malformed("ends in the middle of a field");
    this.at += 1;
    return byte;
  }

  u16(): number {
    return this.u8() * 0x100 + this.u8();
  }

  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  /** A view, not a copy. */
  take(length: number): Uint8Array {
    if (length > this.left) throw new Malformed("ends in the middle of a field");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

export const u16 = (value: number): readonly number[] => [(value >>> 8) & 0xff, value & 0xff];

export const u32 = (value: number): readonly number[] => [...u16(value >>> 16), ...u16(value)];

/** Up to 2^53: TSIG counts seconds in six bytes. */
export const u48 = (value: number): readonly number[] => [
  ...u16(Math.floor(value / 2 ** 32)),
  ...u32(value % 2 ** 32),
];

export function concat(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
