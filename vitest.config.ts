import { defineConfig } from "vitest/config";

/** Who is not done by then hangs. It says nothing about speed: a machine with other work may be ten times slower. */
const HANGS_MS = 120_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "test/{house,museum,mutation,routing,workers,durable-objects/plain,local,sim,data,bench,load,vendors}/**/*.test.ts",
          ],
          exclude: ["test/workers/central/**/servers/**"],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
        },
      },
      "test/durable-objects/vitest.config.ts",
      {
        test: {
          name: "servers",
          include: ["test/servers/**/*.test.ts", "test/workers/central/**/servers/**/*.test.ts"],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/{e2e,conformance}/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
        },
      },
    ],
  },
});
