// Each file of the page in both codings that browsers ask for, made once here instead of by the server for each of them.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const folder = new URL("../src/omnilens/web/assets/", import.meta.url);
const WORTH_IT = 500;

for (const name of readdirSync(fileURLToPath(folder))) {
  if (!/\.(js|css)$/.test(name)) continue;
  const whole = readFileSync(new URL(name, folder));
  if (whole.length < WORTH_IT) continue;
  writeFileSync(new URL(`${name}.br`, folder), brotliCompressSync(whole));
  writeFileSync(new URL(`${name}.gz`, folder), gzipSync(whole, { level: 9 }));
}
