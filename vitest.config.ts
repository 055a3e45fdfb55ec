import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "test/{house,routing,workers,durable-objects/plain,local,sim,data,bench}/**/*.test.ts",
          ],
        },
      },
      "test/durable-objects/vitest.config.ts",
      {
        test: {
          name: "e2e",
          include: ["test/{e2e,conformance}/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
