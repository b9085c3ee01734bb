// Imports the module that is named, as a user of the package would, and says where it fails.
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const entry = resolve(process.argv[2]);

function place(error) {
  for (const line of String(error?.stack).split("\n")) {
    const found = /(?:^|[\s(])(file:\/\/[^\s()]+?|\/[^\s():]+|[A-Z]:\\[^\s():]+):(\d+)(?::\d+)?/.exec(line);
    if (found && !found[1].includes("node_modules")) {
      const file = found[1].startsWith("file:") ? fileURLToPath(found[1]) : found[1];
      if (!import.meta.url.includes(file)) return [file, Number(found[2])];
    }
  }
  return [null, null];
}

try {
  await import(pathToFileURL(entry).href);
  process.exit(0);
} catch (error) {
  const [file, line] = place(error);
  const code = error?.name ?? "Error";
  console.log(JSON.stringify({ code, message: String(error?.message ?? error), file, line }));
  process.exit(1);
}
