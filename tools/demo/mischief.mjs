/** Bad input: each kind has its one documented answer, and changes nothing. */

import { BAD_INPUTS } from './bad-inputs.mjs';

/** @param {import('./player.mjs').Player} player @param {any} attempt in progress, or just ended */
export async function misbehave(player, attempt) {
  const { town, memory, random } = player;
  const eventKey = memory.attempts.get(attempt.id)?.eventKey ?? '';
  const context = {
    player,
    own: { eventKey, id: attempt.id, leaderboardId: attempt.leaderboardId },
    another: town.attemptOfAnother(memory),
    grantOfAnother: town.grantOfAnother(memory),
  };
  const bad = random.pick(BAD_INPUTS);
  if (bad.credentials && !town.takeWrongCredential()) return;
  if (bad.inProgress && attempt.status !== 'in_progress') return;
  const call = bad.call(context);
  if (call === undefined) return;
  const answer = await player.client.call(call);
  player.did('bad input');
  const holds = answer.status === bad.status && answer.error?.code === bad.code;
  player.expect('documented', holds && typeof answer.error?.message === 'string', () => {
    return `${bad.name} must get ${bad.status} ${bad.code}, and got ${answer.status} ${answer.text}`;
  });
}
