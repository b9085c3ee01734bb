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
function parse(path, text) {
  if (isModule(path)) return parseModule(text, path);
  try {
    parseScript(text, path);
  } catch (error) {
    if (path.endsWith(".cjs") || !/import statement|export|import\.meta|await/.test(error.message)) throw error;
    parseModule(text, path);
  }
}

function firstLine(options, input) {
  const { stderr } = spawnSync(process.execPath, [...options, "--no-warnings"], { encoding: "utf8", input });
  const found = /^\S.*:(\d+)$/m.exec(stderr);
  return found ? Number(found[1]) : null;
}

// The error of a module does not tell its line; Node itself does, before the line that it prints. It passes over what
// may be either kind of file, so that is given to it once more as a module.
function lineOf(path, text) {
  return firstLine(["--check", path]) ?? firstLine(["--input-type=module", "--check", "-"], text);
}

let faults = 0;
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8").replace(/^#!.*/, "");
  try {
    parse(file, text);
  } catch (error) {
    faults += 1;
    console.log(JSON.stringify({ code: error.name, message: error.message, file, line: lineOf(file, text) }));
  }
}
process.exitCode = faults ? 1 : 0;
