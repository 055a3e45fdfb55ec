import { describe, expect, test } from "vitest";
import { parseExplain, USAGE } from "../../../local/explain/arguments.ts";

describe("the command line of explain", () => {
  test("is a request as the API takes it", () => {
    const args = ["--url", "http://shop.example/a", "--colo", "NRT", "--method", "POST"];
    const more = [
      "--header",
      "X-Beta: a:b",
      "--header",
      "y:",
      "--client",
      "ip=192.0.2.9; asn=3320;lat=-1.5",
    ];
    expect(parseExplain([...args, ...more, "--central-port", "1", "--live"])).toEqual({
      ok: true,
      value: {
        body: {
          url: "http://shop.example/a",
          colo: "NRT",
          method: "POST",
          headers: { "x-beta": "a:b", y: "" },
          client: { ip: "192.0.2.9", asn: 3320, lat: -1.5 },
        },
        client: "ip=192.0.2.9; asn=3320;lat=-1.5",
        live: true,
        json: false,
        centralPort: "1",
      },
    });
  });

  test("needs a URL and nothing else", () => {
    expect(parseExplain([])).toMatchObject({ ok: false, error: expect.stringContaining("--url") });
    const body = { method: "GET", headers: {}, client: {} };
    expect(parseExplain(["--url", "http://a.example/"])).toMatchObject({
      ok: true,
      value: { body },
    });
  });

  test.each([
    [["--url", "x", "--header", "broken"], "broken"],
    [["--url", "x", "--nonsense"], "--nonsense"],
    [["x"], "x"],
  ])("%j is refused with a line that names it", (args, named) => {
    expect(parseExplain(args)).toMatchObject({ ok: false, error: expect.stringContaining(named) });
  });

  test("tells every flag that it reads when it is asked for help", () => {
    expect(parseExplain(["--help"])).toEqual({ ok: true, value: "help" });
    for (const flag of [
      "url",
      "colo",
      "method",
      "header",
      "client",
      "live",
      "json",
      "central-port",
    ]) {
      expect(USAGE).toContain(`--${flag}`);
    }
  });
});
