// Validates an AsyncAPI document: `node validate.mjs <file>`. Prints what the parser found as JSON.

import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";

const SEVERITIES = ["error", "warning", "information", "hint"];

const [file] = process.argv.slice(2);
const text = await readFile(file, "utf8");
const { document, diagnostics } = await new Parser().parse(text, { source: file });
const findings = diagnostics.map(({ code, severity, message, path }) => ({
  code,
  severity: SEVERITIES[severity],
  message,
  path: path.join("."),
}));
process.stdout.write(JSON.stringify({ valid: document !== undefined, findings }, null, 2));
