/** The configuration document that the game is to have. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const SLUG_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

const UNREADABLE = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'that is a folder, not a document'],
]);

/**
 * @typedef {object} GameDocument
 * @property {string} file
 * @property {string} slug of the game
 * @property {string} displayName
 * @property {Record<string, unknown>} content
 * @property {string} hash of what it says; comments and layout do not count
 */

/**
 * @param {string} file
 * @returns {GameDocument}
 * @throws Error that says what to do
 */
export function readDocument(file) {
  return documentOf(file, readText(file));
}

/** @param {string} file @param {string} text @returns {GameDocument} */
export function documentOf(file, text) {
  const content = parsed(file, text);
  if (content === null || content === undefined) throw new Error(`${file} is empty.`);
  const slug = content.game?.slug;
  if (content.kind !== 'GameConfig')
    throw new Error(`${file} is no configuration document: it lacks "kind: GameConfig".`);
  if (typeof slug !== 'string' || !SLUG_PATTERN.test(slug)) {
    throw new Error(`${file} does not name its game: it lacks "game: { slug: … }".`);
  }
  const displayName = content.settings?.displayName ?? slug;
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return { file, slug, displayName: String(displayName), content, hash };
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    const what = UNREADABLE.get(code ?? '') ?? `it cannot be read (${code})`;
    throw new Error(`--config ${file}: ${what}.`, { cause: error });
  }
}

/** YAML holds JSON too. @param {string} file @param {string} text @returns {any} */
function parsed(file, text) {
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${file} is neither YAML nor JSON: ${/** @type {Error} */ (error).message.split(/:?\n/, 1)[0]}`, {
      cause: error,
    });
  }
}
