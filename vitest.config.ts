import { defineConfig } from "vitest/config";

/** Where Node finds it: by its "module" field Vite would load a second copy of graphql beside the one that Yoga uses. */
const ONE_GRAPHQL = { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] };

/** Two suites, for two cores: modules by themselves, and the whole product in a real workerd, two files at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: ONE_GRAPHQL,
        test: {
          name: "modules",
          include: ["{workers,imaging,models,container,cli,client,schema}/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve: ONE_GRAPHQL,
        test: {
          name: "end to end",
          include: ["test/**/*.test.ts"],
          globalSetup: "test/support/bundles.ts",
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
