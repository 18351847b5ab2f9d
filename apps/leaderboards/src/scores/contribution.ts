import type { ScoreAggregation } from '@kraty/contracts/events';
import { limits } from '@kraty/contracts/common';

/** A board keeps one of these for each attempt, or for a player's direct scores, unless it keeps the best (06 §5.1). */
export interface Contribution {
  leaderboardId: string;
  sourceId: string;
  playerId: string;
  /** Of the write it shows: an older one never overwrites a newer one. */
  revision: number;
  score: number;
  /** Since when the score has been this one. */
  scoreAtMs: number;
  writtenAtMs: number;
  /** What an earlier period has counted of the attempt. */
  baseline: number;
  /** Null on the board of an event. */
  definitionId: string | null;
  periodStartMs: number;
}

/** Names one row of one player. */
type RowName = Pick<Contribution, 'leaderboardId' | 'playerId'>;

/** One accepted write, as far as one board is concerned. */
export type Write = Omit<Contribution, 'baseline' | 'scoreAtMs'> & { scoreAtMs: number | null };

/** A row of a board as it stands. */
export interface Entry {
  leaderboardId: string;
  participantId: string;
  score: number;
  achievedAtMs: number;
  joinedOnly: boolean;
  revision: number;
  /** Sum in millionths, exact and not cut; of boards that add up. */
  total: bigint;
  /** An operator has taken it off the board: it is kept, and shown to nobody. */
  isRemoved?: boolean;
}

/** How many of a player's last contributions are looked at for how long an equal score has stood. */
export const lastContributionsMax = 20;

/** Revision of a score that an operator has set: no write of the attempt comes after it (05 §9.6). */
export const overriddenRevision = 2_147_483_647;

const millionths = 1_000_000;

/** Everything a batch of writes touches, read under the locks of its players, and changed in place. */
export class Tally {
  private readonly changedContributions = new Set<Contribution>();
  private readonly changedEntries = new Set<Entry>();
  private readonly bySource = new Map<string, Contribution[]>();
  private readonly byRow = new Map<string, Contribution[]>();
  private readonly entries = new Map<string, Entry>();

  constructor(
    contributions: readonly Contribution[],
    entries: readonly Entry[],
    private readonly aggregationOf: (leaderboardId: string) => ScoreAggregation,
  ) {
    for (const contribution of contributions) this.index(contribution);
    for (const entry of entries) this.entries.set(rowKey(entry.leaderboardId, entry.participantId), entry);
  }

  get contributions(): Contribution[] {
    return [...this.changedContributions];
  }

  /** Rows that have changed; each has the next revision. */
  get rows(): Entry[] {
    return [...this.changedEntries];
  }

  apply(write: Write): void {
    const ofSource = this.bySource.get(write.sourceId) ?? [];
    const present = ofSource.find(({ leaderboardId }) => leaderboardId === write.leaderboardId);
    if (present && present.revision >= write.revision) return;
    const before = present ? shareOf(present) : 0n;
    const contribution = present ?? this.begin(write, ofSource);
    const scoreAtMs = write.scoreAtMs ?? (present?.score === write.score ? present.scoreAtMs : write.writtenAtMs);
    const { revision, score, writtenAtMs } = write;
    Object.assign(contribution, { revision, score, writtenAtMs, scoreAtMs: Math.max(scoreAtMs, write.periodStartMs) });
    this.changedContributions.add(contribution);
    if (this.aggregationOf(write.leaderboardId) === 'sum') {
      this.add(contribution, shareOf(contribution) - before, contribution.scoreAtMs);
      this.moveBaselines(contribution, ofSource);
    } else {
      this.showLatest(contribution);
    }
  }

  /** Revision of the next write of a source that does not count its own. */
  nextRevision(leaderboardId: string, sourceId: string): number {
    const ofSource = this.bySource.get(sourceId) ?? [];
    return (ofSource.find((one) => one.leaderboardId === leaderboardId)?.revision ?? 0) + 1;
  }

  /** A direct score on a board that adds up. */
  addDirectly(leaderboardId: string, playerId: string, value: number, atMs: number): void {
    const by = exact(value);
    // Nothing added leaves the time of a standing score as it is.
    if (by === 0n && this.entryOf(leaderboardId, playerId)?.joinedOnly === false) return;
    this.add({ leaderboardId, playerId }, by, atMs);
  }

  /** A row with 0, or the given score, where the player has none; never alters one (06 §12). */
  join(leaderboardId: string, participantId: string, score: number, atMs: number): void {
    if (this.entries.has(rowKey(leaderboardId, participantId))) return;
    const entry = newEntry(leaderboardId, participantId);
    Object.assign(entry, { score, achievedAtMs: atMs, revision: 1 });
    this.entries.set(rowKey(leaderboardId, participantId), entry);
    this.changedEntries.add(entry);
  }

  /** Another row becomes a part of this one; what it was made of has changed hands already (12 §7.2). */
  takeOver(row: RowName, moved: Entry): void {
    const { leaderboardId, playerId } = row;
    if (moved.joinedOnly) return this.join(leaderboardId, playerId, moved.score, moved.achievedAtMs);
    if (this.aggregationOf(leaderboardId) === 'sum') {
      const kept = this.entryOf(leaderboardId, playerId);
      if (kept) kept.total = totalOf(kept);
      return this.add(row, totalOf(moved), moved.achievedAtMs);
    }
    if (this.byRow.has(rowKey(leaderboardId, playerId))) this.showLatest(row);
    else this.showLater(row, moved);
  }

  entryOf(leaderboardId: string, participantId: string): Entry | null {
    return this.entries.get(rowKey(leaderboardId, participantId)) ?? null;
  }

  /** The score an attempt had when the period began is what the nearest earlier period of the same board has of it. */
  private begin(write: Write, ofSource: readonly Contribution[]): Contribution {
    const earlier = ofSource.filter((other) => isSameBoard(other, write) && other.periodStartMs < write.periodStartMs);
    const last = earlier.toSorted((left, right) => right.periodStartMs - left.periodStartMs)[0];
    const contribution = { ...write, scoreAtMs: 0, baseline: last?.score ?? 0, score: last?.score ?? 0 };
    this.index(contribution);
    return contribution;
  }

  /** A write of an earlier period that comes late changes from where the next one counts. */
  private moveBaselines(moved: Contribution, ofSource: readonly Contribution[]): void {
    const later = ofSource.filter((other) => isSameBoard(other, moved) && other.periodStartMs > moved.periodStartMs);
    const nextStartMs = Math.min(...later.map(({ periodStartMs }) => periodStartMs));
    for (const next of later.filter(({ periodStartMs }) => periodStartMs === nextStartMs)) {
      if (next.baseline === moved.score) continue;
      const before = shareOf(next);
      next.baseline = moved.score;
      this.changedContributions.add(next);
      this.add(next, shareOf(next) - before, next.scoreAtMs);
    }
  }

  private add({ leaderboardId, playerId }: RowName, by: bigint, atMs: number) {
    const entry = this.entryOf(leaderboardId, playerId) ?? newEntry(leaderboardId, playerId);
    const total = entry.total + by;
    const achievedAtMs = entry.joinedOnly ? atMs : Math.max(entry.achievedAtMs, atMs);
    this.put(entry, { total, score: cut(total), achievedAtMs });
  }

  /** The last write wins; an equal score keeps the time since when it has been shown. */
  private showLatest({ leaderboardId, playerId }: RowName): void {
    const shown = (this.byRow.get(rowKey(leaderboardId, playerId)) ?? []).toSorted(byLastWrite);
    const [last] = shown;
    let achievedAtMs = last!.scoreAtMs;
    for (const earlier of shown.slice(1, lastContributionsMax)) {
      if (earlier.score !== last!.score) break;
      achievedAtMs = Math.min(achievedAtMs, earlier.scoreAtMs);
    }
    const entry = this.entryOf(leaderboardId, playerId) ?? newEntry(leaderboardId, playerId);
    this.put(entry, { score: last!.score, achievedAtMs, total: 0n });
  }

  /** Of rows that nothing tells more of: a board that is being frozen has been told how they stand. */
  private showLater({ leaderboardId, playerId }: RowName, { score, achievedAtMs }: Entry): void {
    const entry = this.entryOf(leaderboardId, playerId) ?? newEntry(leaderboardId, playerId);
    if (entry.joinedOnly || entry.achievedAtMs < achievedAtMs) this.put(entry, { score, achievedAtMs, total: 0n });
  }

  private put(entry: Entry, next: Pick<Entry, 'score' | 'achievedAtMs' | 'total'>): void {
    const { score, achievedAtMs, total } = next;
    const stands = !entry.joinedOnly && entry.score === score && entry.achievedAtMs === achievedAtMs;
    if (stands && entry.total === total) return;
    if (!this.changedEntries.has(entry)) entry.revision += 1;
    Object.assign(entry, next, { joinedOnly: false });
    this.entries.set(rowKey(entry.leaderboardId, entry.participantId), entry);
    this.changedEntries.add(entry);
  }

  private index(contribution: Contribution): void {
    push(this.bySource, contribution.sourceId, contribution);
    push(this.byRow, rowKey(contribution.leaderboardId, contribution.playerId), contribution);
  }
}

function newEntry(leaderboardId: string, participantId: string): Entry {
  return { leaderboardId, participantId, score: 0, achievedAtMs: 0, joinedOnly: true, revision: 0, total: 0n };
}

function isSameBoard(one: Pick<Contribution, 'definitionId'>, other: Pick<Contribution, 'definitionId'>): boolean {
  return one.definitionId !== null && one.definitionId === other.definitionId;
}

/** What a contribution adds, in millionths. */
function shareOf({ score, baseline }: Contribution): bigint {
  return exact(score) - exact(baseline);
}

/** Scores have six decimals (05 §0): in millionths they add up alike in every order. */
export function exact(score: number): bigint {
  return BigInt(Math.round(score * millionths));
}

/** A sum is cut to the bound of a score (06 §5.1). */
function cut(total: bigint): number {
  const { scoreAbsoluteMax: max } = limits;
  return Math.min(max, Math.max(-max, Number(total) / millionths));
}

/** A row that was told how it stands, as at a freeze, knows no more than that. */
function totalOf({ total, score }: Entry): bigint {
  return cut(total) === score ? total : exact(score);
}

function byLastWrite(left: Contribution, right: Contribution): number {
  if (left.writtenAtMs !== right.writtenAtMs) return right.writtenAtMs - left.writtenAtMs;
  return left.sourceId < right.sourceId ? 1 : -1;
}

function rowKey(leaderboardId: string, participantId: string): string {
  return `${leaderboardId} ${participantId}`;
}

function push(groups: Map<string, Contribution[]>, key: string, contribution: Contribution): void {
  const group = groups.get(key);
  if (group) group.push(contribution);
  else groups.set(key, [contribution]);
}
