import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson } from "../../../routing/table/json.ts";

const refusal = (text: string) => {
  const parsed = parseJson(text);
  return parsed.ok ? null : parsed.error[0];
};

describe("a text is refused", () => {
  test.each([
    ["a key given twice", '{"a":1,"a":2}', "/a", "twice"],
    ["a key given twice in two spellings", '{"a":1,"\\u0061":2}', "/a", "twice"],
    ["a key given twice further down", '{"a":[0,{"b":1,"c":{},"b":2}]}', "/a/1/b", "twice"],
    ["a key given twice with a slash in it", '{"a/b":{"~":1,"~":2}}', "/a~1b/~0", "twice"],
    ["__proto__", '{"__proto__":{"admin":true}}', "/__proto__", "cannot be used"],
    ["__proto__ in escapes", '{"a":{"\\u005f_proto__" : 1}}', "/a/__proto__", "cannot be used"],
    ["constructor", '[{"constructor":1}]', "/0/constructor", "cannot be used"],
    ["prototype", '{"prototype":null}', "/prototype", "cannot be used"],
    ["infinity", '{"a":[1,1e400]}', "/a/1", "1e400"],
    ["negative infinity", '{"a":-1e999}', "/a", "-1e999"],
    ["an integer beyond 2^53", "[9007199254740993]", "/0", "9007199254740993"],
    ["a large float that is an integer", "1e300", "", "1e300"],
    ["half a text", '{"a":', "", "not JSON"],
    ["nothing", "", "", "not JSON"],
    ["a trailing comma", "[1,]", "", "not JSON"],
    ["a comment", "[1] // one", "", "not JSON"],
    ["single quotes", "{'a':1}", "", "not JSON"],
    ["NaN", "NaN", "", "not JSON"],
    ["a leading zero", "[01]", "", "not JSON"],
    ["a byte order mark", "\ufeff{}", "", "not JSON"],
    ["a line break in a string", '"a\nb"', "", "not JSON"],
    ["two values", "{} {}", "", "not JSON"],
    ["an open string", '"a', "", "not JSON"],
    ["an open escape", '"a\\', "", "not JSON"],
  ])("%s", (_name, text, pointer, words) => {
    expect(refusal(text)).toMatchObject({ pointer, detail: expect.stringContaining(words) });
  });

  test("nested deeper than 32, and not at 32", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(parseJson(nested(32)).ok).toBe(true);
    expect(refusal(nested(33))?.detail).toContain("deeper than 32");
    expect(refusal('{"a":'.repeat(33))?.detail).toContain("deeper than 32");
    expect(refusal("[".repeat(1_000_000))?.detail).toContain("deeper than 32");
  });

  test("with every reason at once", () => {
    const parsed = parseJson('{"a":1,"a":1e999,"b":{"__proto__":9007199254740992}}');
    const pointers = parsed.ok ? [] : parsed.error.map(({ pointer }) => pointer);
    expect(pointers).toEqual(["/a", "/a", "/b/__proto__", "/b/__proto__"]);
  });
});

describe("a text is read", () => {
  test.each([
    ['"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["'],
    ['{"a":"{\\"a\\":1,\\"a\\":2}","b":"__proto__"}'],
    ['["__proto__", "a", "a", "\\\\", ":", "\\"" ]'],
    ['{"a":{"a":{"a":1}},"b":{"a":1}}'],
    ["[-0, 0.1, 1e2, 1E-400, 9007199254740991, -9007199254740991, 0.30000000000000004]"],
    [' \t\r\n{ "a" : [ true , false , null ] } \n'],
    ['{"":{"":1}}'],
  ])("%s as JSON.parse reads it", (text) => {
    expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  test("whatever was written by JSON.stringify, with or without spaces", () => {
    const safe = fc
      .jsonValue({ maxDepth: 8 })
      .filter((value) => parseJson(JSON.stringify(value)).ok);
    fc.assert(
      fc.property(safe, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  test("or refused, and never throws, for any text", () => {
    const letters = fc.constantFrom(...'{}[]",:\\u0019.eE+-tn_ '.split(""), "__proto__", "\ud800");
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 40 }), (parts) => {
        expect(typeof parseJson(parts.join("")).ok).toBe("boolean");
      }),
      { numRuns: 2_000 },
    );
  });

  test("in time that grows with its length", () => {
    const time = (count: number) => {
      const text = `{${Array.from({ length: count }, (_, at) => `"k${at}":"${"\\\\".repeat(20)}"`).join(",")}}`;
      const start = performance.now();
      parseJson(text);
      return performance.now() - start;
    };
    time(2_000);
    const [small, large] = [Math.max(1, time(4_000)), time(64_000)];
    expect(large / small, "16 times the text, far below 16² times the time").toBeLessThan(128);
  });
});
