import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readLoadReport, utilizationOf } from "../../../routing/load/load-report.ts";

const told = (header: string | null, json: string | null = null) => readLoadReport(header, json);
const full = (header: string | null, json: string | null = null) => {
  const report = told(header, json);
  return report === null ? null : utilizationOf(report);
};

const ALL = {
  cpu_utilization: 0.7,
  application_utilization: 0.8,
  mem_utilization: 0.9,
  rps_fractional: 1_000,
  eps: 2,
  utilization: new Map([["disk", 0.4]]),
  named_metrics: new Map([
    ["foo", 123],
    ["bar", 0.2],
  ]),
};

describe("a report is the same", () => {
  test("as JSON, with names in either style", () => {
    const json = {
      ...ALL,
      utilization: { disk: 0.4 },
      named_metrics: { foo: 123, bar: 0.2 },
    };
    expect(told(`JSON ${JSON.stringify(json)}`)).toEqual(ALL);
    const camel = {
      cpuUtilization: 0.7,
      applicationUtilization: 0.8,
      memUtilization: 0.9,
      rpsFractional: 1_000,
      eps: 2,
      utilization: { disk: 0.4 },
      namedMetrics: { foo: 123, bar: 0.2 },
    };
    expect(told(`JSON ${JSON.stringify(camel)}`)).toEqual(ALL);
  });

  test.each(["=", ":"])("as TEXT with %s", (is) => {
    const text = Object.entries({
      cpu_utilization: 0.7,
      application_utilization: 0.8,
      mem_utilization: 0.9,
      rps_fractional: 1_000,
      eps: 2,
      "utilization.disk": 0.4,
      "named_metrics.foo": 123,
      "named_metrics.bar": 0.2,
    }).map(([name, value]) => `${name}${is}${value}`);
    expect(told(`TEXT ${text.join(",")}`)).toEqual(ALL);
    expect(told(`TEXT ${text.join(", ")}`)).toEqual(ALL);
  });

  test("as bare JSON under its own name, which the common name goes before", () => {
    expect(full(null, '{"cpu_utilization":0.3}')).toBe(0.3);
    expect(full("TEXT cpu_utilization=0.4", '{"cpu_utilization":0.3}')).toBe(0.4);
  });
});

describe("how full an endpoint is", () => {
  test.each([
    ["what the application says", "application_utilization=0.5,cpu_utilization=0.6", 0.5],
    ["else the processor", "cpu_utilization=0.6,mem_utilization=0.9", 0.6],
    ["or a named resource that is fuller", "cpu_utilization=0.6,utilization.queue=0.7", 0.7],
    ["and not less than the processor", "cpu_utilization=0.6,utilization.queue=0.1", 0.6],
    ["more than full too", "cpu_utilization=1.7", 1.7],
    ["nothing by 0, which says nothing", "application_utilization=0,cpu_utilization=0.2", 0.2],
    ["nothing by named metrics", "named_metrics.x=0.9", null],
    ["nothing by memory", "mem_utilization=0.9", null],
  ])("%s", (_rule, text, expected) => {
    expect(full(`TEXT ${text}`)).toBe(expected);
  });
});

describe("what is no report", () => {
  test.each([
    "",
    "JSON ",
    "JSON 3",
    "JSON null",
    "JSON [1]",
    'JSON {"cpu_utilization":',
    "BIN abc",
    "json {}",
    `JSON {"cpu_utilization":0.5,"x":"${"y".repeat(5_000)}"}`,
    `TEXT cpu_utilization=0.5,${"x=1,".repeat(1_200)}`,
  ])("is none: %.40s", (header) => {
    expect(full(header)).toBeNull();
  });

  test.each(["-1", "NaN", "Infinity", "1e999", "", "0.5x", "73"])(
    "a utilisation of %s is left out, and the rest counts",
    (value) => {
      expect(full(`TEXT application_utilization=${value},cpu_utilization=0.5`)).toBe(0.5);
    },
  );

  test.each(["-1", '"0.5"', "true", "null", "{}", "73", "1e999"])(
    "so it is in JSON: %s",
    (value) => {
      const header = `JSON {"application_utilization":${value},"cpu_utilization":0.5}`;
      expect(full(header)).toBe(0.5);
    },
  );

  test("a named metric may be called as the members of every object", () => {
    const header = 'JSON {"utilization":{"__proto__":0.5,"constructor":0.4}}';
    expect(full(header)).toBe(0.5);
  });

  test("beyond 64 metrics nothing is kept", () => {
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`m${at}`, 1]));
    expect(told(`JSON ${JSON.stringify({ named_metrics: many })}`)?.named_metrics.size).toBe(64);
  });
});

test("total-eval: no text makes it throw, or tell a utilisation that is not sane", () => {
  const header = fc.oneof(
    fc.string(),
    fc.json().map((json) => `JSON ${json}`),
    fc.string({ unit: "binary" }).map((text) => `TEXT cpu_utilization=${text}`),
    fc.jsonValue().map((utilization) => `JSON ${JSON.stringify({ utilization })}`),
  );
  fc.assert(
    fc.property(header, fc.option(fc.json()), (text, json) => {
      for (const value of [full(text, json), full(null, json)]) {
        expect(value === null || (value > 0 && value <= 10)).toBe(true);
      }
    }),
    { numRuns: 400 },
  );
});
