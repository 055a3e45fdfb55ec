/** The model of Route 53's answers against the cases that the vendor publishes. */
import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import { describe, expect, test } from "vitest";
import { answersOf, type Question } from "./evaluation.ts";

const NAME = "www.example.com";

type Part = Partial<ResourceRecordSet> & { value: string };

const set = ({ value, ...part }: Part): ResourceRecordSet => ({
  Name: `${NAME}.`,
  Type: "A",
  TTL: 60,
  ResourceRecords: [{ Value: value }],
  ...part,
});

/** Health checks are healthy unless they are in `down`. */
const shares = (parts: readonly Part[], down: readonly string[] = [], question = {}) => {
  const asked: Question = { name: NAME, type: "A", ...question };
  const answers = answersOf(parts.map(set), (id) => !down.includes(id), asked);
  return Object.fromEntries(answers.map(({ values, share }) => [values.join(), share]));
};

describe("weighted, Developer Guide, table of the 0-weight record with a health check", () => {
  const records: readonly Part[] = [
    { value: "1", Weight: 1, HealthCheckId: "1" },
    { value: "2", Weight: 1, HealthCheckId: "2" },
    { value: "3", Weight: 0, HealthCheckId: "3" },
  ];
  test.each([
    { down: ["1", "2"], answered: ["3"] },
    { down: ["1", "2", "3"], answered: ["1", "2"] },
    { down: ["1", "3"], answered: ["2"] },
    { down: ["3"], answered: ["1", "2"] },
    { down: [], answered: ["1", "2"] },
  ])("unhealthy $down: $answered answer", ({ down, answered }) => {
    expect(Object.keys(shares(records, down))).toEqual(answered);
  });
});

describe("weighted, Developer Guide, table of the 0-weight record without a health check", () => {
  const records: readonly Part[] = [
    { value: "1", Weight: 1, HealthCheckId: "1" },
    { value: "2", Weight: 1, HealthCheckId: "2" },
    { value: "3", Weight: 0 },
  ];
  test.each([
    { down: [], answered: ["1", "2"] },
    { down: ["1", "2"], answered: ["3"] },
    { down: ["1"], answered: ["2"] },
  ])("unhealthy $down: $answered answer", ({ down, answered }) => {
    expect(Object.keys(shares(records, down))).toEqual(answered);
  });
});

describe("weighted", () => {
  test("weights of 1 and 255 are 1/256th and 255/256ths of the traffic", () => {
    const records = [
      { value: "1", Weight: 1 },
      { value: "2", Weight: 255 },
    ];
    expect(shares(records)).toEqual({ 1: 1 / 256, 2: 255 / 256 });
  });

  test("weights of 100 and 200 are a third and the rest", () => {
    const records = [
      { value: "192.0.2.44", Weight: 100, HealthCheckId: "seattle" },
      { value: "192.0.2.45", Weight: 200, HealthCheckId: "portland" },
    ];
    expect(shares(records)).toEqual({ "192.0.2.44": 1 / 3, "192.0.2.45": 2 / 3 });
    expect(shares(records, ["seattle"])).toEqual({ "192.0.2.45": 1 });
  });

  test("of three with checks the two healthy ones answer by their weights", () => {
    const records = ["a", "b", "c"].map((value) => ({ value, Weight: 10, HealthCheckId: value }));
    expect(shares(records, ["b"])).toEqual({ a: 0.5, c: 0.5 });
  });

  test("when all weights are 0 all answer equally", () => {
    const records = ["a", "b", "c", "d"].map((value) => ({ value, Weight: 0 }));
    expect(shares(records)).toEqual({ a: 0.25, b: 0.25, c: 0.25, d: 0.25 });
  });

  test("when none is healthy all count as healthy, without those of weight 0", () => {
    const records = [
      { value: "a", Weight: 3, HealthCheckId: "a" },
      { value: "b", Weight: 1, HealthCheckId: "b" },
      { value: "c", Weight: 0, HealthCheckId: "c" },
    ];
    expect(shares(records, ["a", "b", "c"])).toEqual({ a: 0.75, b: 0.25 });
  });
});

describe("failover, Developer Guide", () => {
  const both: readonly Part[] = [
    { value: "primary", Failover: "PRIMARY", HealthCheckId: "p" },
    { value: "secondary", Failover: "SECONDARY", HealthCheckId: "s" },
  ];
  const [primary = { value: "" }] = both;
  const alone: readonly Part[] = [primary, { value: "secondary", Failover: "SECONDARY" }];
  test.each([
    { down: [], records: both, answer: "primary" },
    { down: ["s"], records: both, answer: "primary" },
    { down: ["p"], records: both, answer: "secondary" },
    { down: ["p", "s"], records: both, answer: "primary" },
    { down: [], records: alone, answer: "primary" },
    { down: ["p"], records: alone, answer: "secondary" },
  ])("unhealthy $down of $records.length: $answer answers", ({ down, records, answer }) => {
    expect(shares(records, down)).toEqual({ [answer]: 1 });
  });
});

describe("latency, Developer Guide", () => {
  const records: readonly Part[] = [
    { value: "oregon", Region: "us-west-2", HealthCheckId: "o" },
    { value: "ohio", Region: "us-east-2", HealthCheckId: "h" },
    { value: "ireland", Region: "eu-west-1", HealthCheckId: "i" },
  ];
  const regions = ["eu-central-1", "eu-west-1", "us-east-2", "us-west-2"];
  test.each([
    { down: [], answer: "ireland" },
    { down: ["i"], answer: "ohio" },
    { down: ["i", "h"], answer: "oregon" },
    { down: ["i", "h", "o"], answer: "ireland" },
  ])("unhealthy $down: $answer answers", ({ down, answer }) => {
    expect(shares(records, down, { regions })).toEqual({ [answer]: 1 });
  });
});

describe("geolocation, API reference", () => {
  const records: readonly Part[] = [
    {
      value: "oregon",
      GeoLocation: { CountryCode: "US", SubdivisionCode: "OR" },
      HealthCheckId: "or",
    },
    { value: "us", GeoLocation: { CountryCode: "US" }, HealthCheckId: "us" },
    { value: "america", GeoLocation: { ContinentCode: "NA" }, HealthCheckId: "na" },
    { value: "all", GeoLocation: { CountryCode: "*" }, HealthCheckId: "all" },
  ];
  const oregon = { continent: "NA", country: "US", subdivision: "OR" };
  test.each([
    { from: oregon, down: [], answer: "oregon" },
    { from: oregon, down: ["or"], answer: "us" },
    { from: oregon, down: ["or", "us"], answer: "america" },
    { from: oregon, down: ["or", "us", "na"], answer: "all" },
    { from: oregon, down: ["or", "us", "na", "all"], answer: "oregon" },
    { from: { continent: "NA", country: "US", subdivision: "CA" }, down: [], answer: "us" },
    { from: { continent: "NA", country: "CA" }, down: [], answer: "america" },
    { from: { continent: "EU", country: "DE" }, down: [], answer: "all" },
    { from: {}, down: [], answer: "all" },
  ])("from $from, unhealthy $down: $answer answers", ({ from, down, answer }) => {
    expect(shares(records, down, { from })).toEqual({ [answer]: 1 });
  });

  test("without a default nobody elsewhere is answered", () => {
    const [, us = { value: "" }] = records;
    expect(shares([us], [], { from: { continent: "EU", country: "DE" } })).toEqual({});
  });
});

test("a plain set answers with all its values, and another name or type has none", () => {
  const plain = set({ value: "a" });
  const both = { ...plain, ResourceRecords: [{ Value: "b" }, { Value: "a" }] };
  const healthy = () => true;
  expect(answersOf([both], healthy, { name: NAME, type: "A" })).toEqual([
    { values: ["a", "b"], share: 1 },
  ]);
  expect(answersOf([both], healthy, { name: NAME, type: "AAAA" })).toEqual([]);
  expect(answersOf([both], healthy, { name: "example.com", type: "A" })).toEqual([]);
});
