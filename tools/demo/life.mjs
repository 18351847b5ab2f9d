/** A player's evening: it comes, plays, claims, spends, and goes home or is never seen again. */

import { NoAnswer } from './client.mjs';
import { playEvent } from './playing.mjs';
import { register } from './registering.mjs';
import { claimAll } from './rewards.mjs';
import { shop } from './shopping.mjs';
import { chooseEvent } from './visiting.mjs';

const CLAIM_SHARE = 0.7;
const SHOP_SHARE = 0.6;

/** @typedef {import('./player.mjs').Player} Player */

/** @param {Player} player */
export async function live(player) {
  try {
    if (!(await register(player))) return void (player.memory.uncertain = true);
    while (player.isPresent) await round(player);
    if (player.hasDroppedOut) player.did('dropped out');
    else await claimAll(player);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    player.memory.uncertain = true;
    player.expect('answered', false, () => error.message);
  }
}

/** @param {Player} player */
async function round(player) {
  const { random } = player;
  const event = await chooseEvent(player);
  if (event) await playEvent(player, event);
  await player.think();
  if (player.isPresent && random.chance(CLAIM_SHARE)) await claimAll(player);
  if (player.isPresent && random.chance(SHOP_SHARE)) await shop(player);
}
