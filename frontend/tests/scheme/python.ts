/** Runs the Python side of the domain, so that no copy of scheme or vectors can go stale in this folder. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..", "..", "..");

/** The output of `python -m annotator.domain ...`, parsed; the interpreter is PNEUMOSCOPE_PYTHON or the project's own. */
export function domain(...commandLine: string[]): unknown {
  const own = join(ROOT, ".venv", "bin", "python");
  const python = process.env.PNEUMOSCOPE_PYTHON ?? (existsSync(own) ? own : "python3");
  const output = execFileSync(python, ["-m", "annotator.domain", ...commandLine], {
    cwd: ROOT, encoding: "utf8", maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(output) as unknown;
}
