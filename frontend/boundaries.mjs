// Runs dependency-cruiser and refuses a pass that saw nothing: with a compiler it can't
// read it reports success over zero modules.
import { spawnSync } from "node:child_process";

const FEWEST_MODULES = 200;

const cruise = spawnSync(
  "depcruise",
  ["src", "--config", ".dependency-cruiser.cjs", "--output-type", "json"],
  { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
);
if (cruise.error || !cruise.stdout) {
  console.error(cruise.error?.message ?? cruise.stderr);
  process.exit(1);
}
const { modules, summary } = JSON.parse(cruise.stdout);
const own = modules.filter((module) => module.source.startsWith("src/")).length;
for (const { rule, from, to } of summary.violations) {
  console.error(`${rule.severity}  ${rule.name}: ${from} -> ${to}`);
}
if (own < FEWEST_MODULES) {
  console.error(`Only ${own} modules were read, at least ${FEWEST_MODULES} were expected.`);
}
console.log(`boundaries: ${own} modules, ${summary.violations.length} violations`);
process.exit(summary.violations.length > 0 || own < FEWEST_MODULES ? 1 : 0);
