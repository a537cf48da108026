// Is everything that gets installed named with its version, and with the hash of its content?
//   node scripts/pinned.mjs [FOLDER]
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = process.argv[2] ?? join(import.meta.dirname, "..");
const read = (...path) => JSON.parse(readFileSync(join(root, ...path), "utf8"));
const problems = [];

for (const folder of ["web", "benchmarks"]) {
  const wanted = read(folder, "package.json");
  const { packages } = read(folder, "package-lock.json");
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
    if (JSON.stringify(wanted[kind]) !== JSON.stringify(packages[""][kind])) {
      problems.push(`${folder}/package-lock.json has other ${kind} than package.json. Run: cd ${folder} && npm install`);
    }
  }
  for (const [path, found] of Object.entries(packages)) {
    if (path && !found.link && !(found.version && found.integrity)) {
      problems.push(`${folder}/package-lock.json has no hash of ${path}`);
    }
  }
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length ? 1 : 0;
