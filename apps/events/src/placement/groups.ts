import type { Grouping } from '../definitions/board-rules.js';
import type { PlayerFacts } from '../conditions/player-facts.js';
import { shardText } from './segment.js';

/** Everybody, in the order of arrival. */
const everybody = '*';

/** Who shares groups with whom (05 §6.1). */
export function cohortOf(grouping: Grouping, { context }: PlayerFacts): string {
  if (grouping.by === 'arrival') return everybody;
  const { key, fallback } = grouping;
  return shardText(Object.hasOwn(context, key) ? context[key] : undefined) ?? fallback;
}

/** The cohort of those whose context names none. */
export function fallbackOf(grouping: Grouping): string {
  return grouping.by === 'arrival' ? everybody : grouping.fallback;
}

/** A group with seats left, or one to be opened. */
export interface Group {
  leaderboardId: string;
  ordinal: number;
  free: number;
}

export interface Seating {
  /** Board of each player. */
  seats: Map<string, string>;
  /** Groups to open, in order. */
  opened: Group[];
  /** Seats taken of each group, by board. */
  taken: Map<string, number>;
}

/**
 * Seats players one after the other in the oldest group with room, and opens groups when there is none. `groups` are
 * those with room, oldest first.
 */
export function seatPlayers(
  players: readonly string[],
  groups: readonly Group[],
  next: { ordinal: number; capacity: number; newId: () => string },
): Seating {
  const open = groups.map((group) => ({ ...group }));
  const seating: Seating = { seats: new Map(), opened: [], taken: new Map() };
  for (const player of new Set(players)) {
    let group = open.find(({ free }) => free > 0);
    if (group === undefined) {
      const ordinal = next.ordinal + seating.opened.length;
      group = { leaderboardId: next.newId(), ordinal, free: next.capacity };
      open.push(group);
      seating.opened.push(group);
    }
    group.free -= 1;
    seating.seats.set(player, group.leaderboardId);
    seating.taken.set(group.leaderboardId, (seating.taken.get(group.leaderboardId) ?? 0) + 1);
  }
  return seating;
}
