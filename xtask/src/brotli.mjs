// Compresses files with brotli at its highest level.
// `beside FILE…` writes FILE.br next to each; `size FILE…` prints the compressed size of each, one per line.
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const compress = promisify(brotliCompress);
const [mode, ...files] = process.argv.slice(1);

const sizes = await Promise.all(
  files.map(async (file) => {
    const content = await readFile(file);
    const compressed = await compress(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    });
    if (mode === "beside") {
      await writeFile(`${file}.br`, compressed);
    }
    return compressed.length;
  }),
);
if (mode === "size") {
  console.log(sizes.join("\n"));
}
