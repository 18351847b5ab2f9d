/** Whether a server that the environment names is there, and if not, what to do about it. */

import { connect } from 'node:net';

const CONNECT_WITHIN_MS = 5_000;
const DEFAULT_PORTS = /** @type {Record<string, number>} */ ({
  'postgres:': 5432,
  'postgresql:': 5432,
  'redis:': 6379,
  'rediss:': 6379,
  'nats:': 4222,
  'tls:': 4222,
});

/** @param {string} url @returns {{ host: string, port: number }} */
export function addressOf(url) {
  // NATS takes several addresses; one that answers is enough.
  const { hostname, port, protocol } = new URL(/** @type {string} */ (url.split(',', 1)[0]));
  return {
    host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(port) || (DEFAULT_PORTS[protocol] ?? 0),
  };
}

/** @param {string} name @param {string} variable @param {string} url */
export async function assertAnswers(name, variable, url) {
  const { host, port } = addressOf(url);
  const problem = await connectionProblem(host, port);
  if (problem === undefined) return;
  throw new Error(
    `${name} at ${host}:${port}, named by ${variable}, does not answer (${problem}): start it, or unset ${variable} to ` +
      'use a private one.',
  );
}

/** @param {string} host @param {number} port @returns {Promise<string | undefined>} */
function connectionProblem(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (/** @type {string | undefined} */ problem) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(CONNECT_WITHIN_MS, () => finish(`no answer within ${CONNECT_WITHIN_MS / 1_000} s`));
    socket.once('error', (/** @type {NodeJS.ErrnoException} */ error) => finish(error.code ?? error.message));
    socket.once('connect', () => finish(undefined));
  });
}
