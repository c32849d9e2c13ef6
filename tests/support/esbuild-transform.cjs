// Turns TypeScript and ES modules into the CommonJS that jest runs. Types are checked by tsc, not
// here.
const { transformSync } = require("esbuild");

module.exports = {
  process(source, filename) {
    const { code, map } = transformSync(source, {
      loader: filename.endsWith(".ts") ? "ts" : "js",
      format: "cjs",
      target: "node22",
      // Jest's own modules know require alone.
      supported: { "dynamic-import": false },
      sourcemap: true,
      sourcefile: filename,
      define: {
        "import.meta.dirname": "__dirname",
        "import.meta.filename": "__filename",
        "import.meta.url": "importMetaUrl",
      },
      banner: source.includes("import.meta.url")
        ? 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;'
        : "",
    });
    return { code, map };
  },
};
