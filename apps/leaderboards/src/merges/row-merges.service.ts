import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { busy } from '@kraty/platform/errors';
import { Database, type Tx } from '@kraty/platform/persistence';
import { ListChanges } from '../live/list-changes.service.js';
import { groupByBoard, Ranks } from '../ranks/ranks.service.js';
import { Tally, type Entry } from '../scores/contribution.js';
import { ContributionsStore } from '../scores/contributions.store.js';
import { ScoresStore } from '../scores/scores.store.js';
import { foldStandings } from '../scores/standing.js';
import { MergesStore, type LockedBoard, type Pair, type Route } from './merges.store.js';
import { Routes, type Routed } from './routes.service.js';

/** Lists of one transaction. */
const listsATransaction = 200;
/** Transactions of one call; more is left to the next one. */
const transactionsMax = 50;

/** What a transaction knows of the rows that change hands. */
interface Page {
  pair: Pair;
  routes: Routed[];
  boards: ReadonlyMap<string, LockedBoard>;
  /** Of the one that goes, by list. */
  leaving: ReadonlyMap<string, Entry>;
}

/** Rows of a player that was merged away become another's (12 §7.2). Players' streams are told nothing. */
@Injectable()
export class RowMerges {
  constructor(
    private readonly database: Database,
    private readonly store: MergesStore,
    private readonly routes: Routes,
    private readonly contributions: ContributionsStore,
    private readonly scores: ScoresStore,
    private readonly ranks: Ranks,
    private readonly changes: ListChanges,
    private readonly clock: Clock,
  ) {}

  /**
   * Repeatable from wherever it was interrupted, also between the rows and their index.
   *
   * @throws 503 while something is left
   */
  async move(pair: Pair): Promise<void> {
    await this.tellIndexes(pair, await this.moveRows(pair));
  }

  /** @returns lists to which rows may have come */
  private async moveRows(pair: Pair): Promise<Set<string>> {
    const reached = new Set<string>();
    for (let transaction = 0; transaction < transactionsMax; transaction += 1) {
      const lists = await this.store.lists(pair.from, listsATransaction);
      if (lists.length === 0) return reached;
      const routes = [...(await this.routes.of(lists, pair)).values()];
      await this.database.transaction((tx) => this.movePage(tx, pair, routes));
      for (const { toListId } of routes) reached.add(toListId);
    }
    throw busy();
  }

  /** Locks of this context, always in this order: players, boards, rows. */
  private async movePage(tx: Tx, pair: Pair, wanted: readonly Routed[]): Promise<void> {
    await this.contributions.lockPlayers(tx, [pair.from, pair.to]);
    const ids = wanted.flatMap(({ listId, toListId }) => [listId, toListId]);
    const boards = await this.store.lockBoards(tx, ids);
    const left = await this.store.lockRows(tx, pair, ids);
    const routes = wanted.filter(({ listId }) => left.has(listId)).map((route) => within(route, boards));
    const rows = await this.contributions.entries(
      tx,
      routes.map(({ listId }) => ({ leaderboardId: listId, playerId: pair.from })),
    );
    const page: Page = { pair, routes, boards, leaving: new Map(rows.map((row) => [row.leaderboardId, row])) };
    await this.moveSources(tx, page);
    await this.moveBest(tx, page);
    await this.moveCounted(tx, page);
    await this.store.moveFrozen(tx, pair, listIds(routes.filter((route) => isFrozen(page, route))));
    await this.store.copyRemoved(tx, pair, routes);
    await this.store.leaveRows(tx, pair, listIds(routes), this.clock.now());
    await this.store.count(tx, pair.from, rows.filter(({ isRemoved }) => !isRemoved).length);
  }

  /** What rows are made of. */
  private async moveSources(tx: Tx, { pair, routes }: Page): Promise<void> {
    const [following, others] = [routes.filter(followsBalance), routes.filter((route) => !followsBalance(route))];
    await this.store.moveSources(tx, pair, following);
    await this.store.moveContributions(tx, pair, others);
  }

  private async moveBest(tx: Tx, page: Page): Promise<void> {
    const standings = shownRoutes(page)
      .filter((route) => aggregationOf(page, route) === 'best')
      .map(({ listId, toListId }) => {
        const { score, achievedAtMs, joinedOnly } = page.leaving.get(listId)!;
        const standing = { score, achievedAtMs, joinedOnly, attemptId: null };
        return { leaderboardId: toListId, participantId: page.pair.to, ...standing };
      });
    await this.scores.apply(foldStandings(standings), tx);
  }

  /** Boards that keep the latest or add up. */
  private async moveCounted(tx: Tx, page: Page): Promise<void> {
    const routes = shownRoutes(page).filter((route) => aggregationOf(page, route) !== 'best');
    if (routes.length === 0) return;
    const rows = routes.map(({ toListId }) => ({ leaderboardId: toListId, playerId: page.pair.to }));
    const showing = rows.filter(({ leaderboardId }) => page.boards.get(leaderboardId)?.aggregation === 'latest');
    const tally = new Tally(
      await this.contributions.contributions(tx, [], showing),
      await this.contributions.entries(tx, rows),
      (leaderboardId) => page.boards.get(leaderboardId)!.aggregation,
    );
    for (const [at, { listId }] of routes.entries()) tally.takeOver(rows[at]!, page.leaving.get(listId)!);
    const changed = tally.rows.filter(({ isRemoved }) => !isRemoved);
    await this.contributions.save(tx, [], changed);
  }

  /**
   * All live lists of the two, whoever has moved their rows: a process may have died before it told. Operators' streams,
   * which may miss something, hear of those that this call has reached.
   */
  private async tellIndexes({ from, to }: Pair, reached: ReadonlySet<string>): Promise<void> {
    const gone = groupByBoard(await this.store.gone(from));
    const rows = groupByBoard(await this.scores.ofPlayer(to));
    for (const leaderboardId of new Set([...gone.keys(), ...rows.keys()])) {
      await this.ranks.apply(leaderboardId, rows.get(leaderboardId) ?? [], [], gone.get(leaderboardId) ?? []);
      if (reached.has(leaderboardId)) await this.changes.tellRows('merge', rows.get(leaderboardId) ?? []);
    }
  }
}

/** A list that was frozen meanwhile takes nothing from another one. */
function within(route: Routed, boards: ReadonlyMap<string, LockedBoard>): Routed {
  const isOpen = boards.get(route.listId)?.isFrozen === false && boards.get(route.toListId)?.isFrozen === false;
  return isOpen ? route : { ...route, toListId: route.listId };
}

function isFrozen({ boards }: Page, { listId }: Route): boolean {
  return boards.get(listId)?.isFrozen !== false;
}

/** Live, and of a row that is there to be seen. */
function shownRoutes(page: Page): Routed[] {
  return page.routes.filter((route) => !isFrozen(page, route) && page.leaving.get(route.listId)?.isRemoved === false);
}

function aggregationOf({ boards }: Page, { toListId }: Route) {
  return boards.get(toListId)?.aggregation;
}

function followsBalance({ economyKey }: Routed): boolean {
  return economyKey !== null;
}

function listIds(routes: readonly Route[]): string[] {
  return routes.map(({ listId }) => listId);
}
