import { Injectable } from '@nestjs/common';
import type { Iso, Scope } from '@kraty/contracts/common';
import {
  readDefinedBoard,
  readEventBoard,
  readStandings,
  type BoardView,
  type Standings,
  type StandingsScope,
} from '@kraty/contracts/leaderboards';
import { Messenger } from '@kraty/platform/messaging';
import { Players } from '../access/players.service.js';
import { BoardViews } from './board-views.js';

export interface BoardRead {
  scope: Scope;
  leaderboardId: string;
  limit: number;
  progression: string[];
  /** External id of the caller's player; null when no self was asked for. */
  self: string | null;
}

export interface DefinedBoardRead {
  scope: Scope;
  key: string;
  segment: string | null;
  period: Iso | null;
  limit: number;
  progression: string[];
  includeSelf: boolean;
  externalId: string | null;
}

export interface StandingsRead extends Omit<DefinedBoardRead, 'includeSelf'> {
  segments: StandingsScope;
  maxSegments: number;
}

/** Boards as clients read them (02 §§7.1, 7.3, 7.4). */
@Injectable()
export class Leaderboards {
  private readonly views = new BoardViews();

  constructor(
    private readonly messenger: Messenger,
    private readonly players: Players,
  ) {}

  /** The whole reply as JSON. Errors: `not_found`. */
  async read({ scope, leaderboardId, limit, progression, self }: BoardRead): Promise<Buffer> {
    const selfPlayerId = await this.playerId(scope, self);
    const key = `event ${scope.gameId} ${scope.environment} ${leaderboardId} ${limit} ${progression.join()}`;
    const question = { scope, leaderboardId, limit, progression, selfPlayerId };
    return this.rendered(key, self, (knownView) => this.messenger.request(readEventBoard, { ...question, knownView }));
  }

  /** Errors: `not_found`, `validation_failed` (segment). */
  async readDefined({ externalId, includeSelf, ...read }: DefinedBoardRead): Promise<Buffer> {
    const { scope, limit, progression } = read;
    const playerId = await this.playerId(scope, externalId);
    // Whose segment it is may decide what is read, so readers of a derived one do not share what is kept.
    const place = JSON.stringify([
      read.key,
      read.segment,
      read.period,
      read.segment === null ? (playerId ?? externalId) : null,
    ]);
    const key = `defined ${scope.gameId} ${scope.environment} ${place} ${limit} ${progression.join()}`;
    return this.rendered(key, includeSelf ? externalId : null, (knownView) =>
      this.messenger.request(readDefinedBoard, {
        ...read,
        playerId,
        namesPlayer: externalId !== null,
        includeSelf,
        knownView,
      }),
    );
  }

  /** Errors: `not_found`, `validation_failed` (segment). */
  async standings({ externalId, ...read }: StandingsRead): Promise<Standings> {
    const playerId = await this.playerId(read.scope, externalId);
    return this.messenger.request(readStandings, { ...read, playerId, externalPlayerId: externalId });
  }

  /** The reply to a join, which nobody else reads. */
  renderOwn(view: BoardView<object>, externalPlayerId: string): Buffer {
    return new BoardViews().render('own', view, externalPlayerId)!;
  }

  private async rendered(
    key: string,
    self: string | null,
    ask: (knownView: string | null) => Promise<BoardView<object>>,
  ): Promise<Buffer> {
    const reply = this.views.render(key, await ask(this.views.tagOf(key)), self);
    if (reply !== null) return reply;
    // Another read has replaced the confirmed view meanwhile: ask for all rows.
    return this.views.render(key, await ask(null), self)!;
  }

  private async playerId(scope: Scope, externalId: string | null): Promise<string | null> {
    if (externalId === null) return null;
    return (await this.players.find(scope, externalId))?.playerId ?? null;
  }
}
