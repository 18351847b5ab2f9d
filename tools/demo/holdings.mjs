/** What a player must hold after all that moved it, and where something else is read. */

/** @typedef {'economy' | 'item'} ResourceType */
/** @typedef {{ type: ResourceType, key: string, delta: number }} Change */
/** @typedef {Map<string, number>} Amounts by `type:key` */

/** @param {ResourceType} type @param {string} key */
export function resourceOf(type, key) {
  return `${type}:${key}`;
}

/** @param {ReadonlyMap<string, number>} opening wallet by key @param {Change[]} changes @returns {Amounts} */
export function expectedHoldings(opening, changes) {
  const amounts = new Map([...opening].map(([key, balance]) => [resourceOf('economy', key), balance]));
  for (const { type, key, delta } of changes) {
    const resource = resourceOf(type, key);
    amounts.set(resource, (amounts.get(resource) ?? 0) + delta);
  }
  return amounts;
}

/** @param {{ economyKey: string, balance: number }[]} wallet @param {{ itemKey: string, quantity: number }[]} items @returns {Amounts} */
export function readHoldings(wallet, items) {
  return new Map([
    ...wallet.map(({ economyKey, balance }) => /** @type {const} */ ([resourceOf('economy', economyKey), balance])),
    ...items.map(({ itemKey, quantity }) => /** @type {const} */ ([resourceOf('item', itemKey), quantity])),
  ]);
}

/**
 * Nothing held and nothing listed are the same.
 * @param {Amounts} expected @param {Amounts} read
 * @returns {{ compared: number, differences: string[] }}
 */
export function compareAmounts(expected, read) {
  const resources = [...new Set([...expected.keys(), ...read.keys()])].toSorted();
  const differences = resources
    .filter((resource) => (expected.get(resource) ?? 0) !== (read.get(resource) ?? 0))
    .map((resource) => {
      const [, key] = resource.split(':');
      return `${key} must be ${expected.get(resource) ?? 0} and reads ${read.get(resource) ?? 0}`;
    });
  return { compared: resources.length, differences };
}
