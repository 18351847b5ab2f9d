/** Files of the data directory that hold secrets: for their owner's eyes, and whole or absent. */

import { readFileSync, rmSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** @param {string} path @returns {any} undefined when it is not there */
export function readJson(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not valid JSON: mend it, or begin anew with npm start -- --fresh.`, { cause: error });
  }
}

/** The name appears when the content is on the disk, so a crash leaves the old file or the new one. @param {string} path @param {unknown} value */
export async function writePrivateJson(path, value) {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  rmSync(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
