/**
 * Loaded before a tool (`node --import`): without the packages it would end in a stack about a module that cannot be
 * found. Stands on Node alone.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const installed = fileURLToPath(new URL('../../node_modules/.package-lock.json', import.meta.url));

if (!existsSync(installed)) {
  process.stderr.write('The packages are not installed: run npm install first.\n');
  process.exit(1);
}
