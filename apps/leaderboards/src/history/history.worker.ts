import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { settled } from '@kraty/platform/group-commit';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { Ranks } from '../ranks/ranks.service.js';
import { HistoryStore, type BoardLook } from './history.store.js';

/** 04 §6. Milliseconds. */
const everyMs = 30_000;
const keepMs = 7 * 86_400_000;
/** Rounds of several instances do not begin together; a list is due a little before its half minute is full. */
const dueAfterMs = everyMs - 5_000;
/** Of more live lists than these each is looked at more rarely. */
const listsARoundMax = 500;
const rowsSampled = 20;
/** Lists looked at together. */
const listsAtOnce = 20;
const droppedARoundMax = 10_000;

/** Looks at the top of live lists now and then. */
@Injectable()
export class HistoryWorker extends RepeatingWorker {
  constructor(
    private readonly store: HistoryStore,
    private readonly ranks: Ranks,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    super({ name: 'history of boards', everyMs, logger });
  }

  /** One round; any number of instances may run it. */
  override async round(): Promise<void> {
    const now = this.clock.now();
    const due = new Date(now.getTime() - dueAfterMs);
    const listIds = await this.store.take(now, due, listsARoundMax);
    for (let from = 0; from < listIds.length; from += listsAtOnce) {
      await this.sample(now, listIds.slice(from, from + listsAtOnce));
    }
    await this.store.drop(new Date(now.getTime() - keepMs), droppedARoundMax);
  }

  /** A list that cannot be looked at has its turn again next time. */
  private async sample(now: Date, listIds: readonly string[]): Promise<void> {
    const looks = await Promise.all(listIds.map((listId) => settled(this.look(listId))));
    const seen = looks.flatMap((look) => {
      if (look.ok) return look.value.standings.length > 0 ? [look.value] : [];
      this.logger.warn({ err: look.error }, 'a list has no point in its history');
      return [];
    });
    await this.store.keep(now, seen);
  }

  /** From the index where there is one: a long list is not sorted twice a minute. */
  private async look(leaderboardId: string): Promise<BoardLook> {
    const rows = await this.ranks.top(leaderboardId, rowsSampled);
    const standings = rows.map(({ participantId, score }, above) => ({ participantId, score, rank: above + 1 }));
    return { leaderboardId, standings };
  }
}
