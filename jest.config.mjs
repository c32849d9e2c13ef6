// One jest for every kind of test; `make test` runs them all, `npx jest tests/unit` one kind.

// SQLite and the stripping of types are experiments of Node's that we have decided for. No process
// that comes from here warns of them. For this one the option comes too late.
const QUIET = "--disable-warning=ExperimentalWarning";
process.env.NODE_OPTIONS = [...new Set([...(process.env.NODE_OPTIONS ?? "").split(" "), QUIET])]
  .join(" ")
  .trim();
process.removeAllListeners("warning");
process.on("warning", (warning) => {
  if (warning.name !== "ExperimentalWarning") console.error(warning.stack);
});

export default {
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "/dist/"],
  transform: { "\\.(ts|m?js)$": "<rootDir>/tests/support/esbuild-transform.cjs" },
  // These packages ship ES modules only. Jest runs CommonJS, so they take the same transform.
  transformIgnorePatterns: ["/node_modules/(?!(@middy|jose|canonicalize|typescript)/)"],
  // It exports itself to `import` alone, and jest resolves as `require`.
  moduleNameMapper: { "^canonicalize$": "<rootDir>/node_modules/canonicalize/lib/canonicalize.js" },
  // A bound for what hangs: a busy machine is slow, and not wrong. tests/support/until.ts waits
  // less long, and can say what for.
  testTimeout: 1_200_000,
  testSequencer: "<rootDir>/tests/support/longest-first.cjs",
  reporters: ["<rootDir>/tests/support/progress-reporter.ts"],
  globalSetup: "<rootDir>/tests/support/shared-database.ts",
  maxWorkers: 2,
};
