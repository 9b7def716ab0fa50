import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["conformance/**/*.test.ts"],
    globalSetup: "conformance/announce.ts",
    testTimeout: 90_000,
    reporters: ["verbose"],
  },
});
