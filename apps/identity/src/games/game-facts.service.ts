import { Injectable } from '@nestjs/common';
import { gameChanged } from '@kraty/contracts/identity';
import { Outbox, type Staged } from '@kraty/platform/facts';
import type { Tx } from '@kraty/platform/persistence';
import type { GameRow } from './games.store.js';

/** Tells those who keep a copy of a game how it is now. */
@Injectable()
export class GameFacts {
  constructor(private readonly outbox: Outbox) {}

  stage(tx: Tx, game: GameRow): Promise<Staged> {
    const { id: gameId, studioId, archivedAt, settings, version } = game;
    const payload = { gameId, studioId, archivedAt: archivedAt?.toISOString() ?? null, settings };
    const scope = { studioId, gameId };
    return this.outbox.stage(tx, [{ type: gameChanged, scope, aggregateId: gameId, revision: version, payload }]);
  }

  /** After the commit: caches elsewhere drop their copy before the caller has its answer. */
  async carry(staged: Staged): Promise<void> {
    await this.outbox.carry(staged);
  }
}
