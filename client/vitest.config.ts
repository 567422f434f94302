/**
 * Unit tests: files named `*.test.ts` beside the module they test, in Node. A test that needs a
 * document says so in its first line: `// @vitest-environment jsdom`.
 */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // Svelte's own entry for the browser, not the one for rendering on a server.
  resolve: { conditions: ["browser"] },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
