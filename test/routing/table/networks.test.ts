import fc from "fast-check";
import { expect, test } from "vitest";
import { isCloudflares, networkOf } from "../../../routing/table/networks.ts";
import { cloudflareBits, privateBits, publicBits, quad } from "./spellings.ts";

const dotted = (bits: number) => quad(bits).join(".");

test("the blocks of IPv4 that are no server's end where the registries say, and no other address is in one", () => {
  fc.assert(
    fc.property(privateBits, (bits) => {
      expect(networkOf(dotted(bits))).toMatch(/\(RFC \d+\)/);
    }),
  );
  fc.assert(
    fc.property(publicBits, (bits) => {
      expect(networkOf(dotted(bits))).toBeNull();
      expect(isCloudflares(dotted(bits))).toBe(false);
    }),
  );
});

test("Cloudflare's blocks are public, and its own", () => {
  fc.assert(
    fc.property(cloudflareBits, (bits) => {
      expect(networkOf(dotted(bits))).toBeNull();
      expect(isCloudflares(dotted(bits))).toBe(true);
    }),
  );
  expect(isCloudflares("[2a06:98c0::1]")).toBe(true);
  expect(isCloudflares("[2a06:98c8::1]")).toBe(false);
});

test.each([
  ["[::]", "an address of this machine (RFC 4291)"],
  ["[::1]", "a loopback address (RFC 4291)"],
  ["[::ffff:a00:1]", "a private address (RFC 1918)"],
  ["[::ffff:808:808]", "an IPv4-mapped address (RFC 4291)"],
  ["[::808:808]", "an IPv4-compatible address (RFC 4291)"],
  ["[64:ff9b::7f00:1]", "a loopback address (RFC 1122)"],
  ["[64:ff9b::808:808]", "an address of a translator (RFC 6052)"],
  ["[64:ff9b:1::1]", "an address of a local translator (RFC 8215)"],
  ["[100::1]", "no global unicast address (RFC 4291)"],
  ["[1fff::1]", "no global unicast address (RFC 4291)"],
  ["[2001::1]", "an address of the IETF's protocols (RFC 2928)"],
  ["[2001:1ff:ffff::1]", "an address of the IETF's protocols (RFC 2928)"],
  ["[2001:200::1]", null],
  ["[2001:db8:ffff::1]", "an address for documentation (RFC 3849)"],
  ["[2001:db9::1]", null],
  ["[2002:a00:1::]", "a private address (RFC 1918)"],
  ["[2002:808:808::]", "a 6to4 address, for which there are no relays any more (RFC 7526)"],
  ["[2003::1]", null],
  ["[2620:fe::9]", null],
  ["[3fff:fff::1]", "an address for documentation (RFC 9637)"],
  ["[3fff:1000::1]", null],
  ["[4000::1]", "no global unicast address (RFC 4291)"],
  ["[5f00::1]", "no global unicast address (RFC 4291)"],
  ["[fc00::1]", "a private address (RFC 4193)"],
  ["[fdff::1]", "a private address (RFC 4193)"],
  ["[fe00::1]", "no global unicast address (RFC 4291)"],
  ["[fe80::1]", "a link-local address (RFC 4291)"],
  ["[febf::1]", "a link-local address (RFC 4291)"],
  ["[fec0::1]", "a site-local address (RFC 3879)"],
  ["[ff02::1]", "a multicast address (RFC 4291)"],
])("%s is %s", (host, what) => {
  expect(networkOf(host)).toBe(what);
});

test("of IPv6 everything outside 2000::/3 is refused", () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(
      group.filter((first) => first < 0x2000 || first > 0x3fff),
      fc.array(group, { minLength: 7, maxLength: 7 }),
      (first, rest) => {
        const host = [first, ...rest].map((part) => part.toString(16)).join(":");
        expect(networkOf(`[${host}]`)).toMatch(/\(RFC \d+\)/);
      },
    ),
  );
});
