/**
 * Build of the page into the Python package, which serves it at `/` beside `bundle.json`.
 * Addresses are relative, so that the same files work under any sub-path of a static host.
 *
 * `vite build --mode single` makes `single.html` beside them: the same page with everything in one
 * file, into which `cutaway export --single-file` writes a bundle.
 */
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";
import { slimThree } from "./slimThree.ts";

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

/** Scripts and style sheets go into the HTML, and nothing else is written. */
const oneFile: Plugin = {
  name: "one-file",
  enforce: "post",
  generateBundle: {
    order: "post",
    handler(_, bundle) {
      const files = Object.values(bundle);
      const page = files.find(({ fileName }) => fileName.endsWith(".html"));
      if (page?.type !== "asset") throw new Error("there is no HTML to put everything into");
      const text = (of: string) =>
        files
          .filter(({ fileName }) => fileName.endsWith(of))
          .map((file) => (file.type === "asset" ? String(file.source) : file.code))
          .join("\n");
      const script = text(".js").replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
      const icon = Buffer.from(text(".svg")).toString("base64");
      page.source = String(page.source)
        .replace(/href="[^"]*\.svg"/, `href="data:image/svg+xml;base64,${icon}"`)
        .replace(/\s*<link rel="(?:stylesheet|preload|modulepreload)"[^>]*>/g, "")
        .replace(/\s*<script type="module"[^>]*><\/script>/g, "")
        .replace("</head>", () => `<style>${text(".css")}</style>\n  </head>`)
        .replace("</body>", () => `<script type="module">${script}</script>\n  </body>`);
      page.fileName = "single.html";
      for (const name of Object.keys(bundle)) if (bundle[name] !== page) delete bundle[name];
    },
  },
};

/** What the page and the picture share, in one file instead of many small ones: a request costs time. */
const core = {
  name: "core",
  test: /node_modules\/(svelte|esm-env|clsx)\/|src\/(bundle|formula|theme)\/.*\.ts|src\/scene\/format/,
};

/** Where a running `cutaway` answers while `npm run dev` serves the page itself. */
const backend = process.env["CUTAWAY_BACKEND"] ?? "http://127.0.0.1:8000";
/** The server answers its own page only, so the page that is served here passes as that one. */
const proxied = { target: backend, changeOrigin: true, headers: { origin: backend } };

export default defineConfig(({ mode }) => {
  const isSingle = mode === "single";
  return {
    base: "./",
    plugins: [onlyWoff2, slimThree, ...(isSingle ? [oneFile] : [preloadPicture]), svelte()],
    resolve: {
      alias: isSingle
        ? [
            {
              find: /^\.\/startWorker$/,
              replacement: fileURLToPath(
                new URL("./src/evaluate/startWorkerInline.ts", import.meta.url),
              ),
            },
          ]
        : [],
    },
    build: {
      outDir: "../src/cutaway/static",
      emptyOutDir: !isSingle,
      target: "es2023",
      // Nothing becomes a data: address, so that a strict Content-Security-Policy holds; in a single
      // file everything does.
      assetsInlineLimit: isSingle ? Infinity : 0,
      cssCodeSplit: !isSingle,
      modulePreload: isSingle ? false : { polyfill: false },
      rolldownOptions: { output: { codeSplitting: isSingle ? false : { groups: [core] } } },
      // three.js is most of it, and cannot be split further.
      chunkSizeWarningLimit: isSingle ? Infinity : 700,
    },
    server: {
      proxy: { "/bundle.json": proxied, "/api": proxied, "^/.*\\.safetensors$": proxied },
    },
  };
});
