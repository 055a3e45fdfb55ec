import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url).href);

/** Real workerd: real alarms, real storage, real evictions, and origins that are real servers. */
export default defineConfig({
  plugins: [
    cloudflareTest({
      main: here("./worker.ts"),
      wrangler: { configPath: here("../../durable-objects/wrangler.toml") },
    }),
  ],
  test: {
    name: "objects",
    include: ["*.test.ts"],
    globalSetup: ["./origins.ts", "./bad-origins.ts", "./many-origins.ts"].map(here),
    testTimeout: 120_000,
  },
});
