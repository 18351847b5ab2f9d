import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * One hash over path, size and time of every file below the given files and folders. It is cheap enough to ask before
 * every start (a few milliseconds for some hundred files), and any write to a file changes it.
 */
export function treeStamp(root, places, skip = () => false) {
  const hash = createHash('sha256');
  for (const path of places.flatMap((place) => filesOf(join(root, place), skip))) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** In a fixed order; a place that does not exist counts as empty, so its later appearance changes the stamp. */
function filesOf(place, skip) {
  const found = statSync(place, { throwIfNoEntry: false });
  if (!found) return [];
  if (found.isFile()) return [place];
  return readdirSync(place)
    .filter((name) => !skip(name))
    .sort()
    .flatMap((name) => filesOf(join(place, name), skip));
}
