/**
 * Build of the page into the Python package, which serves it at `/` beside `bundle.json`.
 * Addresses are relative, so that the same files work under any sub-path of a static host.
 */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  plugins: [svelte()],
  build: {
    outDir: "../src/cutaway/static",
    emptyOutDir: true,
    target: "es2022",
    // Nothing is inlined as a data: address, so that a strict Content-Security-Policy holds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // `npm run dev` beside a running `cutaway --port 8000`: the page from here, the model from there.
    proxy: Object.fromEntries(
      ["/bundle.json", "/api", "^/.*\\.safetensors$"].map((path) => [path, "http://127.0.0.1:8000"]),
    ),
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts"],
  },
});
