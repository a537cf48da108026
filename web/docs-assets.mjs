// The viewer behind /docs, beside the page it belongs to: nothing of it comes from anywhere else.
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const from = new URL("node_modules/swagger-ui-dist/", import.meta.url);
const to = new URL("../src/omnilens/web/docs-assets/", import.meta.url);
mkdirSync(fileURLToPath(to), { recursive: true });
for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
  copyFileSync(new URL(name, from), new URL(name, to));
}
