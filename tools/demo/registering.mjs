/** The first minute of a player: registered, perhaps in two tries, and a first look at what it owns. */

const SECRET_CHARACTERS = 43;
const LOST_SHARE = 0.12;
const TWICE_SHARE = 0.1;

/** @typedef {import('./player.mjs').Player} Player */

/** @param {Player} player @returns {Promise<boolean>} whether it may play */
export async function register(player) {
  const { client, random, memory, name } = player;
  const call = { ...player.writing('/register', { idempotencyKey: player.nextKey() }), secret: undefined };
  if (random.chance(LOST_SHARE)) {
    // Without the answer there is no secret; the same key gives a new one (01 §6).
    await client.ignore(call);
    player.did('replies lost');
  }
  const answer = await client.call(call);
  if (answer.status !== 201) {
    player.refused(call, answer, 'expected 201');
    return false;
  }
  const { secret, playerId, externalPlayerId } = answer.data;
  const isWhole = externalPlayerId === name && secret?.length === SECRET_CHARACTERS;
  player.expect('documented', isWhole, () => `register answered ${answer.text}`);
  Object.assign(memory, { secret, playerId });
  player.did('registered');
  if (random.chance(TWICE_SHARE)) await registerAgain(player);
  return firstLook(player);
}

/** Somebody else who has the name must not get in. @param {Player} player */
async function registerAgain(player) {
  const call = { ...player.writing('/register', {}), secret: undefined };
  const answer = await player.client.call(call);
  player.did('bad input');
  const holds = answer.status === 409 && answer.error?.code === 'player_already_registered';
  player.expect('documented', holds, () => `a second register got ${answer.status} ${answer.text}`);
}

/** The catalog does not tell what a new player is given; the first wallet does. @param {Player} player */
async function firstLook(player) {
  const [wallet, inventory] = await Promise.all([player.read('/wallet'), player.read('/inventory')]);
  if (wallet === undefined || inventory === undefined) return false;
  player.memory.opening = new Map(
    wallet.wallet.map((/** @type {any} */ { economyKey, balance }) => [economyKey, balance]),
  );
  player.expect('holdings', inventory.items.length === 0, () => 'began with items that nobody gave');
  return true;
}
