// Parses each file that is named and prints what does not parse: one JSON object a line. Nothing of the files is run.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import vm from "node:vm";

function isModule(path) {
  if (path.endsWith(".mjs")) return true;
  if (path.endsWith(".cjs")) return false;
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, "utf8")).type === "module";
    if (folder === dirname(folder)) return false;
  }
}

function parseModule(text, path) {
  new vm.SourceTextModule(text, { identifier: path });
}

function parseScript(text, path) {
  vm.compileFunction(text, ["exports", "require", "module", "__filename", "__dirname"], { filename: path });
}

// Node takes a .js file for a module, too, where it has the syntax of one.
function parse(path) {
  const text = readFileSync(path, "utf8").replace(/^#!.*/, "");
  if (isModule(path)) return parseModule(text, path);
  try {
    parseScript(text, path);
  } catch (error) {
    if (path.endsWith(".cjs") || !/import statement|export|import\.meta|await/.test(error.message)) throw error;
    parseModule(text, path);
  }
}

// The error of a module does not tell its line; Node itself does, on the first line of what it prints.
function lineOf(path) {
  const { stderr } = spawnSync(process.execPath, ["--check", path], { encoding: "utf8" });
  const found = /:(\d+)$/m.exec(stderr.split("\n")[0]);
  return found ? Number(found[1]) : null;
}

let faults = 0;
for (const file of process.argv.slice(2)) {
  try {
    parse(file);
  } catch (error) {
    faults += 1;
    console.log(JSON.stringify({ code: error.name, message: error.message, file, line: lineOf(file) }));
  }
}
process.exitCode = faults ? 1 : 0;
