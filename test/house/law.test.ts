import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { codeOf, root, type SourceFile, sourceFiles } from "./source.ts";

const production = sourceFiles("routing", "workers", "durable-objects");
const local = sourceFiles("local");
const tests = sourceFiles("test");

/** Files whose length is data and not thought. */
const isData = (file: SourceFile) => file.path.includes("/data/");

/** Packages a pure core may use: they compute and touch nothing. */
const PURE_PACKAGES = ["zod", "@noble/hashes", "re2js"];

describe("who may import whom", () => {
  const mayImport: readonly (readonly [string, (target: string) => boolean])[] = [
    ["routing/", (t) => t.startsWith("routing/") || PURE_PACKAGES.some((p) => t.startsWith(p))],
    [
      "durable-objects/",
      (t) =>
        /^(routing|durable-objects)\//.test(t) ||
        /^workers\/(ports|config-object|platform)\.ts$/.test(t) ||
        !t.includes("/") ||
        t.startsWith("cloudflare:"),
    ],
    [
      "workers/edge/",
      (t) =>
        /^(routing|workers\/edge)\//.test(t) ||
        /^workers\/(ports|config-object|platform)\.ts$/.test(t),
    ],
    [
      "workers/central/",
      (t) =>
        /^(routing|workers\/central)\//.test(t) ||
        /^workers\/(ports|config-object|platform)\.ts$/.test(t) ||
        // How an object stores, waits and wakes, for the objects that live in this script.
        /^durable-objects\/(storage\/[a-z]+|alarm|deadline|turns)\.ts$/.test(t) ||
        !/^(workers|durable-objects|local|test)\//.test(t),
    ],
  ];

  test.each(mayImport)("%s keeps to its planes", (folder, allowed) => {
    const offences = production
      .filter((file) => file.path.startsWith(folder))
      .flatMap((file) => file.imports.filter((t) => !allowed(t)).map((t) => `${file.path} → ${t}`));
    expect(offences).toEqual([]);
  });

  test("the edge carries no schema library, no framework and no parser of patterns", () => {
    const seen = new Set<string>();
    const queue = ["workers/edge/index.ts"];
    const packages = new Set<string>();
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const file = production.find((candidate) => candidate.path === path);
      for (const target of file?.imports ?? []) {
        if (target.endsWith(".ts")) queue.push(target);
        else packages.add(target);
      }
    }
    expect([...packages].filter((name) => !/^(@noble\/hashes|cloudflare:)/.test(name))).toEqual([]);
  });

  test("nothing in production imports the local planet or the tests", () => {
    const offences = production.flatMap((file) =>
      file.imports.filter((t) => /^(local|test)\//.test(t)).map((t) => `${file.path} → ${t}`),
    );
    expect(offences).toEqual([]);
  });
});

describe("one reader of the world", () => {
  const banned: readonly (readonly [string, RegExp, string])[] = [
    ["Date.now", /\bDate\.now\b|new Date\(\)/, "take nowMs"],
    ["performance.now", /\bperformance\.now\b/, "take nowMs"],
    ["Math.random", /\bMath\.random\b/, "take rng"],
    ["crypto for chance", /\bcrypto\.(randomUUID|getRandomValues)\b/, "take chance"],
    ["timers", /\b(setTimeout|setInterval|scheduler\.wait)\b|AbortSignal\.timeout/, "take timers"],
    ["global fetch", /(?<![.\w#])fetch\(/, "take the fetch port"],
  ];
  /** The files that build ports from the platform. */
  const isPlatform = (file: SourceFile) => /(^|\/)platform\.ts$/.test(file.path);
  /** A browser's script is another world: it has no ports. */
  const isPage = (file: SourceFile) => file.path.startsWith("workers/central/console/");

  test.each(banned)("%s is read only by platform.ts (%s)", (_name, pattern, instead) => {
    const offences = production
      .filter((file) => !isPlatform(file) && !isPage(file))
      .filter((file) => pattern.test(codeOf(file.text).replace(/\bfetch\([^)]*\)\s*(:|\{)/g, "")))
      .map((file) => `${file.path}: ${instead}`);
    expect(offences).toEqual([]);
  });

  test("no regular expression is built at run time", () => {
    const offences = production.filter((file) => /new RegExp\(/.test(codeOf(file.text)));
    expect(offences.map((file) => file.path)).toEqual([]);
  });
});

describe("size and shape", () => {
  test("a file is one idea: at most 300 lines, tests 400", () => {
    const offences = [...production, ...local, ...tests]
      .filter((file) => !isData(file))
      .map((file) => ({ path: file.path, lines: file.text.split("\n").length - 1 }))
      .filter(({ path, lines }) => lines > (path.startsWith("test/") ? 400 : 300));
    expect(offences).toEqual([]);
  });

  test("no work is left behind in a comment", () => {
    const offences = [...production, ...local, ...tests]
      .filter((file) => !file.path.startsWith("test/house/"))
      .filter((file) => /\b(TODO|FIXME|HACK)\b|\bXXX:|@ts-ignore|@ts-expect-error/.test(file.text));
    expect(offences.map((file) => file.path)).toEqual([]);
  });

  test("no `any`, and no test that is skipped or runs alone", () => {
    const any = [...production, ...local].filter((file) =>
      /\bas any\b|: any\b/.test(codeOf(file.text)),
    );
    const alone = tests
      .filter((file) => !file.path.startsWith("test/house/"))
      .filter((file) => /\b(test|it|describe)\.(only|todo|skip)\(/.test(file.text));
    expect([...any, ...alone].map((file) => file.path)).toEqual([]);
  });

  test("every file of the pure core that decides something has its test", () => {
    const decides = (file: SourceFile) => /export (function|const \w+ = \()/.test(file.text);
    const offences = production
      .filter((file) => file.path.startsWith("routing/") && !isData(file) && decides(file))
      .map((file) => `test/${file.path.replace(/\.ts$/, ".test.ts")}`)
      .filter((path) => !existsSync(join(root, path)));
    expect(offences).toEqual([]);
  });

  test("one word per thing", () => {
    const words: readonly (readonly [RegExp, string, RegExp?])[] = [
      // A route's backend is a pool or a load balancer: the word of the Gateway API for what no word of ours covers.
      [/\bbackends?\b/i, "endpoint", /http-route|^routing\/(match|explain|route-)|heads\.ts$/],
      [/\bupstreams?\b/i, "endpoint"],
      [/\bheartbeats?\b/i, "beat"],
      [/\bcircuit\b/i, "ejection: admitting, ejected, probing"],
      // A kind of zone, as PowerDNS's API says it.
      [/\b(master|slave|whitelist|blacklist)\b/i, "a plain word", /dns\/powerdns\.ts$/],
    ];
    const offences = production.flatMap((file) =>
      words
        .filter(([word, _say, except]) => word.test(file.text) && !except?.test(file.path))
        .map(([word, say]) => `${file.path}: ${word} → ${say}`),
    );
    expect(offences).toEqual([]);
  });
});

describe("the top level", () => {
  test("holds what the user fixed and little else", () => {
    const allowed = new Set(
      [
        ".ci .git .github .gitignore .npmrc .tradewind .wrangler node_modules",
        "package.json package-lock.json tsconfig.json tsconfig.base.json tsconfig.node.json biome.json",
        "vitest.config.ts wrangler.toml README.md CHANGELOG.md CONTRIBUTING.md LICENSE",
        "workers durable-objects routing local test docs",
      ].flatMap((line) => line.split(" ")),
    );
    expect(readdirSync(root).filter((name) => !allowed.has(name))).toEqual([]);
  });
});
