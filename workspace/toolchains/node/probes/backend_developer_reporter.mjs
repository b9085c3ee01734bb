// A reporter for Node's test runner: one JSON object for each test that has ended, in the form of our other reports.
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const CHARS = 1500;

function own(path) {
  const inside = relative(process.cwd(), path);
  return inside && !inside.startsWith("..") && !inside.includes("node_modules") ? inside : "";
}

// The innermost line of the project in the stack; a frame is a path or a file: address.
function place(stack) {
  for (const line of String(stack ?? "").split("\n")) {
    const found = /(?:^|[\s(])(file:\/\/[^\s()]+?|\/[^\s():]+|[A-Z]:\\[^\s():]+):(\d+)(?::\d+)?/.exec(line);
    if (!found) continue;
    const file = own(found[1].startsWith("file:") ? fileURLToPath(found[1]) : found[1]);
    if (file) return [file, Number(found[2])];
  }
  return ["", null];
}

function outcome(type, data) {
  if (data.skip !== undefined && data.skip !== false) return "skipped";
  if (data.todo !== undefined && data.todo !== false) return "skipped";
  return type === "test:pass" ? "passed" : "failed";
}

// A file that could not be loaded is reported as a test that bears the name of the file.
function isFile(data) {
  return data.nesting === 0 && data.file !== undefined && data.file.endsWith(data.name) && /\.\w+$/.test(data.name);
}

function entry(type, data, names, printed) {
  const error = data.details?.error;
  const cause = error?.cause ?? error;
  const message = String(cause?.message ?? cause ?? "").slice(0, CHARS);
  const home = data.file ? own(data.file) : "";
  const [file, line] = place(cause?.stack);
  if (isFile(data)) {
    const [origin, number] = place(printed);
    const said = /^.*Error.*: .*$/m.exec(printed)?.[0] ?? message;
    return { broken: home || data.name, message: said, file: origin || home, line: number };
  }
  const test = [home, ...names].filter(Boolean).join(" > ");
  return { test, outcome: outcome(type, data), message, file: file || home, line: file ? line : data.line };
}

export default async function* report(source) {
  const names = [];
  const printed = new Map();
  for await (const { type, data } of source) {
    if (type === "test:start") {
      names.length = data.nesting;
      names[data.nesting] = data.name;
    }
    if (type === "test:stderr") printed.set(data.file, (printed.get(data.file) ?? "") + data.message);
    if (type !== "test:pass" && type !== "test:fail") continue;
    const path = [...names.slice(0, data.nesting), data.name];
    const grouped = data.details?.type === "suite" || data.details?.error?.failureType === "subtestsFailed";
    if (grouped || (type === "test:pass" && isFile(data))) continue;
    yield JSON.stringify(entry(type, data, path, printed.get(data.file) ?? "")) + "\n";
  }
}
