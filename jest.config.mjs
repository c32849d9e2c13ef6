// One jest for every kind of test; `make test` runs them all, `npx jest tests/unit` one kind.
export default {
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "/dist/"],
  transform: { "\\.(ts|m?js)$": "<rootDir>/tests/support/esbuild-transform.cjs" },
  // These packages ship ES modules only; jest runs CommonJS, so they pass through the same transform.
  transformIgnorePatterns: ["/node_modules/(?!(@middy|jose|canonicalize|typescript)/)"],
  // It exports itself to `import` alone, and jest resolves as `require`.
  moduleNameMapper: { "^canonicalize$": "<rootDir>/node_modules/canonicalize/lib/canonicalize.js" },
  // A bound for what hangs: a busy machine is slow, and not wrong.
  testTimeout: 120_000,
  testSequencer: "<rootDir>/tests/support/longest-first.cjs",
  maxWorkers: 2,
};
