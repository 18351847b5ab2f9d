/** A studio, a game with its four keys and its configuration: made once, kept, and made again when the data is another. */

import { join } from 'node:path';
import { AdminSession, issueLines } from './admin-session.mjs';
import { readJson, writePrivateJson } from './private-files.mjs';
import { whileBusy } from './while-busy.mjs';

const GAMES_FILE = 'games.json';
const STUDIO = { name: 'Saltlight Studio', slug: 'saltlight' };
const PAGE_MAX = 200;
const HTTP_UNAUTHORIZED = 401;
const PING_WITHIN_MS = 10_000;

/** The names are those of `kraty.json`. */
const KEYS = {
  clientLive: { permissionSet: 'client_sdk', environment: 'live' },
  clientTest: { permissionSet: 'client_sdk', environment: 'test' },
  serverLive: { permissionSet: 'server_integration', environment: 'live' },
  serverTest: { permissionSet: 'server_integration', environment: 'test' },
};

/** @typedef {import('./documents.mjs').GameDocument} GameDocument */
/** @typedef {import('./admin-session.mjs').Door} Door */
/** @typedef {{ clientLive: string, clientTest: string, serverLive: string, serverTest: string }} GameKeys */
/** @typedef {{ studioId: string, gameId: string, keys: GameKeys, documentHash: string }} KeptGame */

/**
 * @param {{ dataDirectory: string, door: Door, admin: { email: string, password: string }, document: GameDocument,
 *   note: (text: string) => void }} what note: hears what was done
 * @returns {Promise<KeptGame>}
 */
export async function keepGame({ dataDirectory, door, admin, document, note }) {
  const file = join(dataDirectory, GAMES_FILE);
  /** @type {Record<string, Partial<KeptGame>>} */
  const games = readJson(file) ?? {};
  const kept = games[document.slug] ?? {};
  const known = await isKnown(door, kept);
  if (known && kept.documentHash === document.hash) {
    note(`${document.displayName}, as it was`);
    return /** @type {KeptGame} */ (kept);
  }
  const save = (/** @type {Partial<KeptGame>} */ game) =>
    writePrivateJson(file, { ...games, [document.slug]: Object.assign(kept, game) });
  const session = await AdminSession.open(door, admin);
  try {
    if (!known) await createGame(session, document, kept, save);
    note(`${document.displayName}, ${await applyDocument(session, kept, document)}`);
    await save({ documentHash: document.hash });
    return /** @type {KeptGame} */ (kept);
  } finally {
    await session.close();
  }
}

/** Whether the database behind the door is the one that gave us these keys. @param {Door} door @param {Partial<KeptGame>} kept */
async function isKnown({ address }, { studioId, gameId, keys }) {
  if (!studioId || !gameId || !isComplete(keys)) return false;
  const headers = { authorization: `Bearer ${keys.clientLive}` };
  const response = await whileBusy(() =>
    fetch(`${address}/sdk/v1/ping`, { headers, signal: AbortSignal.timeout(PING_WITHIN_MS) }),
  );
  if (response.ok) return true;
  if (response.status === HTTP_UNAUTHORIZED) return false;
  throw new Error(
    `The demo key could not be checked: /sdk/v1/ping answered ${response.status}. ${await response.text()}`,
  );
}

/** @param {Partial<GameKeys> | undefined} keys @returns {keys is GameKeys} */
function isComplete(keys) {
  return keys !== undefined && Object.keys(KEYS).every((name) => name in keys);
}

/**
 * Keys are shown once, so each is kept at once.
 * @param {AdminSession} session @param {GameDocument} document @param {Partial<KeptGame>} kept
 * @param {(game: Partial<KeptGame>) => Promise<void>} save
 */
async function createGame(session, document, kept, save) {
  const studio = await findOrCreate(session, '/admin/v1/studios', STUDIO);
  const games = `/admin/v1/studios/${studio.id}/games`;
  const game = await findOrCreate(session, games, { displayName: document.displayName, slug: document.slug });
  const sameGame = kept.gameId === game.id;
  await save({ studioId: studio.id, gameId: game.id, documentHash: '' });
  /** @type {Partial<GameKeys>} */
  const keys = sameGame && !isComplete(kept.keys) ? { ...kept.keys } : {};
  for (const [name, what] of Object.entries(KEYS)) {
    if (name in keys) continue;
    const body = { name: `${what.environment} ${what.permissionSet}`, ...what };
    const { plaintext } = await session.post(`${games}/${game.id}/api-keys`, body);
    Object.assign(keys, { [name]: plaintext });
    await save({ keys: /** @type {GameKeys} */ (keys) });
  }
}

/** @param {AdminSession} session @param {string} path @param {{ slug: string }} body @returns {Promise<{ id: string }>} */
async function findOrCreate(session, path, body) {
  const all = await session.get(`${path}?limit=${PAGE_MAX}`);
  const found = all.find((/** @type {{ slug: string }} */ one) => one.slug === body.slug);
  return found ?? session.post(path, body);
}

/** @param {AdminSession} session @param {Partial<KeptGame>} game @param {GameDocument} document @returns {Promise<string>} what changed */
async function applyDocument(session, { studioId, gameId }, { file, content }) {
  const config = `/admin/v1/studios/${studioId}/games/${gameId}/config`;
  const plan = await session.post(`${config}/plan?mode=merge`, content).catch((error) => {
    throw error.issues === undefined ? error : inapplicable(file, error.issues);
  });
  if (plan.errors.length > 0) throw inapplicable(file, plan.errors);
  const warned = plan.warnings.length === 0 ? '' : ['; warnings:', ...issueLines(plan.warnings), ' '].join('\n');
  if (plan.creates.length + plan.updates.length + plan.archives.length === 0) return `nothing to change${warned}`;
  await session.post(`${config}/apply`, {
    document: content,
    mode: 'merge',
    planHash: plan.planHash,
    reason: 'npm start',
  });
  return `${plan.creates.length} created, ${plan.updates.length} changed, ${plan.unchanged} unchanged${warned}`;
}

/** @param {string} file @param {import('./admin-session.mjs').Issue[]} issues */
function inapplicable(file, issues) {
  const inFile = issues.map(({ path, ...rest }) => ({ ...rest, path: pathInFile(path) }));
  return new Error([`${file} cannot be applied:`, ...issueLines(inFile)].join('\n'));
}

/** The API speaks of the request's body, which whoever wrote the file has not seen. @param {string} [path] */
function pathInFile(path = '') {
  return path.replace(/^body(\.|$)/, '') || 'the document';
}
