/** IPv4 addresses of given blocks, in every way that a URL parser takes one. */
import fc from "fast-check";

export const quad = (bits: number): readonly number[] =>
  [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256);

const bitsOf = (dotted: string): number =>
  dotted.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** From the first to the last, as the registries write them: no arithmetic of the code under test. */
const PRIVATE_BLOCKS: readonly (readonly [first: string, last: string])[] = [
  ["0.0.0.0", "0.255.255.255"],
  ["10.0.0.0", "10.255.255.255"],
  ["100.64.0.0", "100.127.255.255"],
  ["127.0.0.0", "127.255.255.255"],
  ["169.254.0.0", "169.254.255.255"],
  ["172.16.0.0", "172.31.255.255"],
  ["192.0.0.0", "192.0.0.255"],
  ["192.0.2.0", "192.0.2.255"],
  ["192.88.99.0", "192.88.99.255"],
  ["192.168.0.0", "192.168.255.255"],
  ["198.18.0.0", "198.19.255.255"],
  ["198.51.100.0", "198.51.100.255"],
  ["203.0.113.0", "203.0.113.255"],
  ["224.0.0.0", "255.255.255.255"],
];

const CLOUDFLARE_BLOCKS: readonly (readonly [first: string, last: string])[] = [
  ["1.0.0.0", "1.0.0.255"],
  ["1.1.1.0", "1.1.1.255"],
  ["103.21.244.0", "103.21.247.255"],
  ["103.22.200.0", "103.22.203.255"],
  ["103.31.4.0", "103.31.7.255"],
  ["104.16.0.0", "104.27.255.255"],
  ["108.162.192.0", "108.162.255.255"],
  ["131.0.72.0", "131.0.75.255"],
  ["141.101.64.0", "141.101.127.255"],
  ["162.158.0.0", "162.159.255.255"],
  ["172.64.0.0", "172.71.255.255"],
  ["173.245.48.0", "173.245.63.255"],
  ["188.114.96.0", "188.114.111.255"],
  ["190.93.240.0", "190.93.255.255"],
  ["197.234.240.0", "197.234.243.255"],
  ["198.41.128.0", "198.41.255.255"],
];

const inside = (blocks: typeof PRIVATE_BLOCKS): fc.Arbitrary<number> =>
  fc.oneof(
    ...blocks.flatMap(([first, last]) => {
      const [min, max] = [bitsOf(first), bitsOf(last)];
      return [fc.integer({ min, max }), fc.constantFrom(min, max)];
    }),
  );

export const privateBits = inside(PRIVATE_BLOCKS);
export const cloudflareBits = inside(CLOUDFLARE_BLOCKS);

/** Also the neighbours of every block. */
export const publicBits = fc
  .oneof(
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.constantFrom(
      ...[...PRIVATE_BLOCKS, ...CLOUDFLARE_BLOCKS].flatMap(([first, last]) => [
        Math.max(0, bitsOf(first) - 1),
        Math.min(2 ** 32 - 1, bitsOf(last) + 1),
      ]),
    ),
  )
  .filter((bits) =>
    [...PRIVATE_BLOCKS, ...CLOUDFLARE_BLOCKS].every(
      ([first, last]) => bits < bitsOf(first) || bits > bitsOf(last),
    ),
  );

const RADIXES: readonly ((part: number) => string)[] = [
  (part) => String(part),
  (part) => `0${part.toString(8)}`,
  (part) => `000${part.toString(8)}`,
  (part) => `0x${part.toString(16)}`,
  (part) => `0X${part.toString(16).toUpperCase()}`,
];

/** In one to four parts, each in its own radix, with or without a dot at the end. */
export const spelt4 = (bits: fc.Arbitrary<number>): fc.Arbitrary<string> =>
  fc
    .tuple(
      bits,
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom(...RADIXES), { minLength: 4, maxLength: 4 }),
      fc.constantFrom("", "."),
    )
    .map(([whole, count, radixes, dot]) => {
      const heads = quad(whole).slice(0, count - 1);
      const rest = whole % 2 ** (8 * (5 - count));
      return [...heads, rest].map((part, at) => radixes[at]?.(part)).join(".") + dot;
    });

/** What carries an IPv4 address in an IPv6 one. */
export const spelt6 = (bits: fc.Arbitrary<number>): fc.Arbitrary<string> =>
  fc
    .tuple(
      bits,
      fc.constantFrom(
        ...["::ffff:4", "::FFFF:4", "0:0:0:0:0:ffff:4", "::ffff:h", "[::ffff:4]", "[::ffff:h]"],
        ...["::4", "::h", "64:ff9b::4", "64:ff9b::h", "0064:ff9b:0::h", "2002:h::", "2002:h::1"],
      ),
    )
    .map(([whole, form]) => {
      const [a = 0, b = 0, c = 0, d = 0] = quad(whole);
      const groups = [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(":");
      return form.replace(/(?<=:)4(?=\]|$)/, [a, b, c, d].join(".")).replace("h", groups);
    });
