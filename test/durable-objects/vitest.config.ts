import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "objects", include: ["*.test.ts"], passWithNoTests: true } });
