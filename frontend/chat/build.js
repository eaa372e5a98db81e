// Builds `dist/` (what the server embeds), or `dist-tests/` with `--tests`.
//
// File names carry no hash: `/widget.js` is copied into other people's pages and must keep its
// name, and the server answers all four with an ETag.

import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const browsers = ["chrome111", "edge111", "firefox115", "safari16.4"];

async function buildPages() {
  const out = join(here, "dist");
  rmSync(out, { recursive: true, force: true });
  const shared = { absWorkingDir: here, bundle: true, minify: true, target: browsers, legalComments: "none", charset: "utf8" };
  await Promise.all([
    build({ ...shared, entryPoints: { chat: "src/main.ts" }, outdir: out, format: "esm" }),
    build({ ...shared, entryPoints: { widget: "src/widget.ts" }, outdir: out, format: "iife" }),
    build({ ...shared, entryPoints: { chat: "chat.css" }, outdir: out }),
  ]);
  copyFileSync(join(here, "chat.html"), join(out, "chat.html"));
  shortenCustomProperties(join(out, "chat.css"));
}

/** Gives custom properties short names, as esbuild does for names in scripts; only this file uses them. */
function shortenCustomProperties(file) {
  const names = new Map();
  const short = (name) => names.get(name) ?? names.set(name, `--${names.size.toString(36)}`).get(name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/--[a-z][a-z0-9-]*/g, short));
}

async function buildTests() {
  const out = join(here, "dist-tests");
  rmSync(out, { recursive: true, force: true });
  const entryPoints = readdirSync(join(here, "tests"))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `tests/${name}`);
  await build({ absWorkingDir: here, entryPoints, outdir: out, bundle: true, format: "esm", platform: "node", target: "node20", sourcemap: "inline" });
}

await (process.argv.includes("--tests") ? buildTests() : buildPages());
