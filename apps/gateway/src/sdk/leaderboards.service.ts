import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { readEventBoard, type EventBoardView } from '@kraty/contracts/leaderboards';
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

/** Event boards as clients read them (02 §7.1). */
@Injectable()
export class Leaderboards {
  private readonly views = new BoardViews();

  constructor(
    private readonly messenger: Messenger,
    private readonly players: Players,
  ) {}

  /** The whole reply as JSON text. Errors: `not_found`. */
  async read(read: BoardRead): Promise<string> {
    const self = read.self === null ? null : await this.players.find(read.scope, read.self);
    const key = `${read.scope.gameId} ${read.scope.environment} ${read.leaderboardId} ${read.limit} ${read.progression.join()}`;
    const answer = await this.ask(read, self?.playerId ?? null, this.views.tagOf(key));
    const text = this.views.render(key, answer, read.self);
    if (text !== null) return text;
    // Another read has replaced the confirmed view meanwhile: ask for all rows.
    const whole = await this.ask(read, self?.playerId ?? null, null);
    return this.views.render(key, whole, read.self)!;
  }

  private ask(read: BoardRead, selfPlayerId: string | null, knownView: string | null): Promise<EventBoardView> {
    const { scope, leaderboardId, limit, progression } = read;
    return this.messenger.request(readEventBoard, {
      scope,
      leaderboardId,
      limit,
      progression,
      selfPlayerId,
      knownView,
    });
  }
}
