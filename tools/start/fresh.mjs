/** `--fresh`: the data is forgotten, and it is said what was. */

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeIdentifier } from 'pg';
