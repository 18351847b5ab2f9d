/** Players who have entered an event. */

const SECONDS_MAX = 120;
const CONNECTIONS = 32;

/**
 * @param {import('../run.mjs').Run} run @param {string} eventKey @param {number} count of players who enter
 * @returns {Promise<string>} the board of the last of them
 */
export async function boardWith(run, eventKey, count) {
  const { system, options, progress, client } = run;
  await run.prepare('register');
  const connections = Math.min(CONNECTIONS, options.connections);
  const shape = { address: system.door, connections, seconds: SECONDS_MAX, warmUpSeconds: 0 };
  const result = await progress.step(`prepare: ${count} enter ${eventKey}`, () =>
    client.run({ plan: 'enterEvent', eventKey, count, ...shape }),
  );
  if (result.failures > 0) throw new Error(`${result.failures} could not enter ${eventKey}: ${result.examples[0]}`);
  return /** @type {any} */ (await client.run({ boardOf: eventKey })).leaderboardId;
}
