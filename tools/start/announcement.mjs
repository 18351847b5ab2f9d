/** What is told when all is ready: to people on the terminal, to tools in `kraty.json`. */

import { relative } from 'node:path';
import { secondsOf } from './progress.mjs';

/**
 * @typedef {object} Ready
 * @property {string} baseUrl
 * @property {{ email: string, password: string }} admin
 * @property {import('./games.mjs').KeptGame} game
 */

/** @param {Ready} ready the content of `kraty.json` */
export function kratyFile({ baseUrl, admin, game }) {
  return {
    baseUrl,
    portalUrl: null,
    admin: { email: admin.email, password: admin.password },
    studioId: game.studioId,
    gameId: game.gameId,
    keys: {
      clientLive: game.keys.clientLive,
      clientTest: game.keys.clientTest,
      serverLive: game.keys.serverLive,
      serverTest: game.keys.serverTest,
    },
  };
}

/**
 * @param {Ready & { gameName: string, processes: { name: string, url: string }[], servers: { name: string, url: string }[],
 *   kratyPath: string, dataDirectory: string, tookMs: number }} all
 * @returns {string}
 */
export function announcement(all) {
  const { baseUrl, admin, game, gameName, processes, servers, kratyPath, dataDirectory, tookMs } = all;
  const { keys } = game;
  const width = Math.max(...[...processes, ...servers].map(({ name }) => name.length)) + 1;
  const line = (/** @type {string} */ name, /** @type {string} */ text) => `    ${name.padEnd(width)} ${text}`;
  return [
    '',
    `  Kraty is ready after ${secondsOf(tookMs)}.`,
    '',
    `  API       ${baseUrl}`,
    `  Operator  ${admin.email}  ${admin.password}`,
    `  Game      ${gameName} (${game.gameId})`,
    '',
    '  Keys      live                                                  test',
    `    client  ${keys.clientLive}  ${keys.clientTest}`,
    `    server  ${keys.serverLive}  ${keys.serverTest}`,
    '',
    '  Health and metrics',
    ...processes.map(({ name, url }) => line(name, `${url}/readyz  ${url}/metrics`)),
    '  Servers',
    ...servers.map(({ name, url }) => line(name, withoutPassword(url))),
    '',
    '  Try it',
    `    curl -H "Authorization: Bearer ${keys.clientTest}" "${baseUrl}/sdk/v1/players/mira/events?status=active"`,
    '',
    `  Tools find all of this in ${relative(process.cwd(), kratyPath)}; logs are below ${relative(process.cwd(), dataDirectory)}/processes/.`,
    '  Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** @param {string} url @returns {string} */
export function withoutPassword(url) {
  return url.replace(/\/\/[^@/]*@/, '//');
}
