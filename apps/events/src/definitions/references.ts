import type { CheckConfiguration, Sections } from '@kraty/contracts/configuration';
import type { RolledTables } from '@kraty/contracts/grants';
import { botProblems, type BotBehavior } from '@kraty/contracts/leaderboards';

/** What else of the game an event may name. */
export interface References {
  bundles: ReadonlySet<string>;
  tables: RolledTables;
  /** Also progressions; whether a balance follows another one, so that nobody can be paid in it. */
  currencies: ReadonlyMap<string, { kind: 'currency' | 'progression'; isDerived: boolean }>;
  items: ReadonlyMap<string, { isCrate: boolean }>;
  events: ReadonlySet<string>;
  /** Configured boards, and whether they rank by scores. */
  boards: ReadonlyMap<string, { isScorable: boolean }>;
  archivedBoards: ReadonlySet<string>;
  bots: ReadonlyMap<string, { behavior: BotBehavior['type']; isValid: boolean }>;
  identityPools: ReadonlySet<string>;
  /** The studio keeps its players' inventory itself: nothing can be taken from it (05 §1.2). */
  isStudioManaged: boolean;
}

/** A section that a game does not have yet counts as empty. */
export function referencesOf({ desired, archivedKeys, settings }: Asked): References {
  const { rewardBundles, rewardTables, currencies, items, events, leaderboards, bots, identityPools } = desired;
  return {
    bundles: keysOf(rewardBundles),
    tables: byKey(rewardTables, (table) => table),
    currencies: byKey(currencies, ({ kind, derivedFrom }) => ({ kind, isDerived: Boolean(derivedFrom) })),
    items: byKey(items, ({ crate }) => ({ isCrate: Boolean(crate) })),
    events: keysOf(events),
    boards: byKey(leaderboards, ({ rankBy }) => ({ isScorable: rankBy?.type !== 'progression' })),
    archivedBoards: new Set(archivedKeys?.leaderboards),
    bots: byKey(bots, ({ behavior }) => ({ behavior: behavior?.type, isValid: botProblems(behavior).length === 0 })),
    identityPools: keysOf(identityPools),
    isStudioManaged: settings?.inventoryManagement === 'studio',
  };
}

/** The game around an event, as far as its owners have told. */
export interface Asked {
  desired: Partial<Sections>;
  archivedKeys?: CheckConfiguration['archivedKeys'];
  settings?: Pick<CheckConfiguration['settings'], 'inventoryManagement'>;
}

function keysOf(objects: readonly { key: string }[] = []): ReadonlySet<string> {
  return new Set(objects.map(({ key }) => key));
}

function byKey<O extends { key: string }, R>(
  objects: readonly O[] = [],
  described: (object: O) => R,
): ReadonlyMap<string, R> {
  return new Map(objects.map((object) => [object.key, described(object)]));
}
