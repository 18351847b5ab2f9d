/** The checks, each a request that is repeated page by page: the services do the looking, and memory stays bounded. */

/** A page reads much. Milliseconds. */
const PAGE_WITHIN_MS = 10 * 60_000;

/** @typedef {import('@kraty/contracts/economy').Violation} Violation */
/** @typedef {import('@kraty/contracts/economy').CheckedPage} CheckedPage */
/** @typedef {import('@kraty/platform/messaging').Messenger} Messenger */

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {(tell: (violation: Violation) => void) => Promise<{ checked: number, violated: number }>} run
 */

/** @param {Messenger} messenger @param {{ percentile: number | null }} options @returns {Promise<Check[]>} */
export async function checksOf(messenger, { percentile }) {
  const { checkHoldings, checkTotals } = await import('@kraty/contracts/economy');
  const { checkClaims, checkDeposits, checkPools } = await import('@kraty/contracts/grants');
  const sampled = [
    check('holdings against the ledger', (after) => ask(checkHoldings, { after, percentile })),
    check('claims against deposits', (after) => ask(checkClaims, { after, percentile })),
  ];
  if (percentile !== null) return sampled;
  return [
    ...sampled,
    check('totals of resources', () => ask(checkTotals, {})),
    check('deposits against claims', (after) => ask(checkDeposits, { after })),
    check('pools', (after) => ask(checkPools, { after })),
  ];

  /** @template Q @param {import('@kraty/contracts/messages').RequestRoute<Q, CheckedPage>} route @param {Q} question */
  function ask(route, question) {
    return messenger.request(route, question, { deadlineMs: PAGE_WITHIN_MS });
  }
}

/** @param {string} name @param {(after: string | null) => Promise<CheckedPage>} read @returns {Check} */
function check(name, read) {
  return {
    name,
    async run(tell) {
      let [checked, violated] = [0, 0];
      /** @type {string | null} */
      let after = null;
      do {
        const page = await read(after);
        page.violations.forEach(tell);
        checked += page.checked;
        violated += page.violations.length;
        after = page.next;
      } while (after !== null);
      return { checked, violated };
    },
  };
}
