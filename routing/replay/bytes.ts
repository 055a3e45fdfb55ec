/** Numbers and texts as bytes, one after the other. Whole numbers take as many bytes as they need. */

export class ByteWriter {
  readonly #bytes: number[] = [];

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  get length(): number {
    return this.#bytes.length;
  }

  byte(value: number): void {
    this.#bytes.push(value);
  }

  /** Shape: a safe integer, not negative. */
  whole(value: number): void {
    let left = value;
    // By division: bits of a number above 2³¹ cannot be shifted.
    while (left >= 128) {
      this.#bytes.push(128 + (left % 128));
      left = Math.floor(left / 128);
    }
    this.#bytes.push(left);
  }

  /** Small ones of either sign are short. */
  signed(value: number): void {
    this.whole(value < 0 ? -2 * value - 1 : 2 * value);
  }

  double(value: number): void {
    this.#bytes.push(...new Uint8Array(new Float64Array([value]).buffer));
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.whole(bytes.length);
    this.#bytes.push(...bytes);
  }

  bits(values: readonly boolean[]): void {
    this.#pack(
      values.map((is) => (is ? 1 : 0)),
      1,
    );
  }

  /** The largest one settles how many bits each takes. Shape: safe integers, not negative. */
  packed(values: readonly number[]): void {
    const width = bitsFor(values);
    this.byte(width);
    this.#pack(values, width);
  }

  #pack(values: readonly number[], width: number): void {
    let [byte, filled] = [0, 0];
    for (const value of values) {
      let left = value;
      for (let bit = 0; bit < width; bit += 1) {
        byte += (left % 2) * 2 ** filled;
        left = Math.floor(left / 2);
        filled += 1;
        if (filled < 8) continue;
        this.#bytes.push(byte);
        [byte, filled] = [0, 0];
      }
    }
    if (filled > 0) this.#bytes.push(byte);
  }

  append(other: ByteWriter): void {
    this.#bytes.push(...other.#bytes);
  }
}

function bitsFor(values: readonly number[]): number {
  const largest = Math.max(0, ...values);
  let width = 0;
  while (2 ** width <= largest) width += 1;
  return width;
}

/** Errors: every method throws when the bytes are over. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isOver(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new RangeError("the bytes of a record end too early");
    this.#at += 1;
    return value;
  }

  whole(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.byte();
      value += (byte % 128) * unit;
      if (!Number.isSafeInteger(value)) throw new RangeError("a number of a record is too large");
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.whole();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    return new Float64Array(this.#take(8).buffer)[0] ?? 0;
  }

  text(): string {
    return new TextDecoder().decode(this.#take(this.whole()));
  }

  bits(count: number): readonly boolean[] {
    const bytes = this.#take(Math.ceil(count / 8));
    return Array.from(
      { length: count },
      (_, at) => (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) === 1,
    );
  }

  packed(count: number): readonly number[] {
    const width = this.byte();
    const bits = this.bits(width * count);
    return Array.from({ length: count }, (_, at) =>
      bits
        .slice(at * width, (at + 1) * width)
        .reduce((sum, is, bit) => sum + (is ? 2 ** bit : 0), 0),
    );
  }

  #take(count: number): Uint8Array<ArrayBuffer> {
    if (this.#at + count > this.#bytes.length) {
      throw new RangeError("the bytes of a record end too early");
    }
    this.#at += count;
    return new Uint8Array(this.#bytes.slice(this.#at - count, this.#at));
  }
}
