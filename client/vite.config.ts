/**
 * Build of the page into the Python package, which serves it at `/` beside `bundle.json`.
 * Addresses are relative, so that the same files work under any sub-path of a static host.
 */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/** KaTeX's style sheet names every font in three formats; every browser with WebGL2 reads woff2. */
const onlyWoff2: Plugin = {
  name: "only-woff2",
  enforce: "pre",
  transform(code, id) {
    if (!/katex[^/]*\.css/.test(id)) return null;
    return code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, "");
  },
};

/** The picture is fetched along with the page's own script, not once that has been read. */
const preloadPicture: Plugin = {
  name: "preload-picture",
  transformIndexHtml: {
    order: "post",
    handler(_, { bundle }) {
      const picture = Object.values(bundle ?? {}).find(({ name }) => name === "render");
      if (!picture) return [];
      const attrs = { rel: "modulepreload", crossorigin: true, href: `./${picture.fileName}` };
      return [{ tag: "link", attrs, injectTo: "head" }];
    },
  },
};

/** Where a running `cutaway` answers while `npm run dev` serves the page itself. */
const backend = process.env["CUTAWAY_BACKEND"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  base: "./",
  plugins: [onlyWoff2, preloadPicture, svelte()],
  build: {
    outDir: "../src/cutaway/static",
    emptyOutDir: true,
    target: "es2023",
    // Nothing becomes a data: address, so that a strict Content-Security-Policy holds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // three.js is most of it, and cannot be split further.
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: { "/bundle.json": backend, "/api": backend, "^/.*\\.safetensors$": backend },
  },
});
