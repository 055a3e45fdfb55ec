import { describe, expect, test } from "vitest";
import { canonicalService } from "../../../routing/dns/service.ts";

describe("the value of an HTTPS or SVCB record", () => {
  test.each([
    ["1 . alpn=h2", '1 . alpn="h2"'],
    ["0 Pool.Shop.Test.", "0 pool.shop.test"],
    ["0 .", "0 ."],
    ["016\ta.test   port=00443", '16 a.test port="443"'],
    // RFC 9460, appendix D: the keys in any order, and a list of what is mandatory in any order too.
    [
      "16 foo.example.org. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1",
      '16 foo.example.org mandatory="alpn,ipv4hint" alpn="h2,h3-19" ipv4hint="192.0.2.1"',
    ],
    [
      '1 foo.example.com. ipv6hint="2001:DB8:0:0:0:0:0:1,2001:db8::53:1"',
      '1 foo.example.com ipv6hint="2001:db8::1,2001:db8::53:1"',
    ],
    ["1 foo.example.com. key667=hello", '1 foo.example.com key667="hello"'],
    [
      '1 . key667="a b" ohttp no-default-alpn alpn="h3"',
      '1 . alpn="h3" no-default-alpn ohttp key667="a b"',
    ],
    ['1 . ech="AEn+DQ==" dohpath=/q{?dns}', '1 . ech="AEn+DQ==" dohpath="/q{?dns}"'],
    ['1 . key667="" ohttp=""', "1 . ohttp key667"],
    // The order of protocols is the order of preference.
    ["1 . alpn=h3,h2", '1 . alpn="h3,h2"'],
  ])("%s is %s", (written, canonical) => {
    expect(canonicalService(written)).toEqual({ ok: true, value: canonical });
    expect(canonicalService(canonical)).toEqual({ ok: true, value: canonical });
  });

  test.each([
    ["", "is not a priority of 0..65535"],
    ["1", "is not a priority of 0..65535"],
    ["65536 .", "is not a priority of 0..65535"],
    ["h2 .", "is not a priority of 0..65535"],
    ["1 *.a.test", 'leads to "*.a.test", which is a wildcard'],
    ["1 192.0.2.1", 'leads to "192.0.2.1", which is an address'],
    ["0 a.test alpn=h2", "has the priority 0, an alias, of which nobody reads the parameters"],
    // RFC 9460, appendix D.3: failure cases.
    ["1 a.test key123=abc key123=def", "has the parameter key123 twice"],
    ["1 a.test mandatory", "has a parameter mandatory that has the unknown parameter"],
    ["1 a.test alpn", "has a parameter alpn that is not a list of protocols"],
    ["1 a.test port", "has a parameter port that is not a port"],
    ["1 a.test ipv4hint", "has a parameter ipv4hint that is not an IPv4 address"],
    ["1 a.test ipv6hint", "has a parameter ipv6hint that is not an IPv6 address"],
    ["1 a.test alpn=h2 no-default-alpn=abc", "has a parameter no-default-alpn that takes no value"],
    ["1 a.test mandatory=key123", "calls key123 mandatory and has it not"],
    ["1 a.test mandatory=mandatory", "has a parameter mandatory that names itself"],
    [
      "1 a.test mandatory=key123,key123 key123=abc",
      "has a parameter mandatory that names key123 twice",
    ],
    ["1 . no-default-alpn", "has no-default-alpn without alpn"],
    ["1 . key1=h2", "has the parameter key1; write alpn"],
    ["1 . key65535=a", 'has the unknown parameter "key65535"'],
    ["1 . key007=a", 'has the unknown parameter "key007"'],
    ["1 . aplpn=h2", 'has the unknown parameter "aplpn"'],
    ["1 . ALPN=h2", 'has "ALPN=h2" where a parameter key="value" should be'],
    ['1 . alpn="h2', 'has "alpn="h2" where a parameter key="value" should be'],
    ['1 . alpn="h2"port=1', 'has "alpn="h2"port=1" where'],
    ["1 . alpn=h2\\,h3", "where a parameter"],
    ["1 . alpn=h2,,h3", "has a parameter alpn that is not a list of protocols"],
    ['1 . alpn="h2, h3"', "has a parameter alpn that is not a list of protocols"],
    ["1 . port=65536", "has a parameter port that is not a port"],
    ["1 . ipv4hint=192.0.2.1,a", "has a parameter ipv4hint that is not an IPv4 address"],
    ["1 . ech=?", "has a parameter ech that is not in base64"],
    ["1 . ech=", "has a parameter ech that is not in base64"],
    ["1 . dohpath=/q", "has a parameter dohpath that is not a path"],
  ])("%j is refused, because it %s", (written, why) => {
    const read = canonicalService(written);
    expect(read.ok ? read.value : read.error).toContain(why);
    expect(read.ok).toBe(false);
  });
});
