import type { GameScope, Scope } from '../common/index.js';
import { request } from '../messages/index.js';
import type { Amount, GrantedEntry, RewardEntry } from './rewards.js';

/** One way that a pick can go, nested tables resolved by their own first pick. */
export interface Odds {
  /** Place in the table, then in the table picked there, and so on. */
  path: number[];
  /** What is given there; never a table. */
  entry: RewardEntry;
  probability: number;
  /** The same as a fraction of integers in lowest terms: all of a table add up to exactly 1. */
  exactly: { numerator: string; denominator: string };
}

export interface ResourceOdds {
  type: GrantedEntry['type'];
  key: string;
  /** Mean amount of everything that is rolled. */
  expected: number;
  /** Chance to get any of it from everything that is rolled. */
  atLeastOne: number;
}

export interface TableOdds {
  tableKey: string;
  revision: number;
  rolls: Amount;
  withReplacement: boolean;
  /** A pick of the table as it is whole. */
  picks: Odds[];
  /** Everything that is rolled together, by type and key. */
  resources: ResourceOdds[];
}

/** The exact odds of a table, or of what a crate item rolls. Errors: `not_found`, `conflict` (odds_too_large). */
export const readOdds = request<
  { game: GameScope; tableKey: string } | { game: GameScope; crateItemKey: string },
  TableOdds
>('grants', 'read-odds');

export interface OddsReport {
  tableKey: string;
  revision: number;
  /** Crates opened that rolled this revision; the newest 100 000 at most are looked at. */
  openings: number;
  /** Openings whose stored contents are not what secret, key and revisions give again; always empty. */
  mismatches: string[];
  /** Picks that were counted: all of them, without replacement the first of each opening. */
  picks: number;
  outcomes: { index: number; label: string; stated: number; expected: number; observed: number }[];
  /** Outcomes expected fewer than five times count as one. */
  chiSquared: number;
  degreesOfFreedom: number;
  /** Chance of a spread at least this uneven if the stated odds are true; 1 while there is too little to tell. */
  pValue: number;
}

/** What crates have rolled of a table's present revision against what it states. Errors: `not_found`. */
export const compareOdds = request<{ scope: Scope; tableKey: string }, OddsReport>('grants', 'compare-odds');

/** 04 §7. */
export interface TableSimulation {
  opens: number;
  seed: string;
  outcomes: { index: number; label: string; expectedShare: number; observed: number; observedShare: number }[];
  totals: {
    key: string;
    type: GrantedEntry['type'];
    mean: number;
    min: number;
    p5: number;
    p50: number;
    p95: number;
    max: number;
    buckets: { from: number; to: number; count: number }[];
  }[];
  expectedValue: Record<string, number>;
}

/** A stored table by key or id, or one not saved yet. Writes nothing. Errors: `not_found`, `config_invalid`. */
export const simulateTable = request<
  {
    game: GameScope;
    table: { id: string } | { unsaved: unknown };
    /** 1 … 100 000. */
    opens: number;
    seed: string | null;
  },
  TableSimulation
>('grants', 'simulate-table');
