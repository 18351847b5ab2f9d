import { Injectable } from '@nestjs/common';
import type { AttemptScored } from '@kraty/contracts/events';
import { streamSubject, type StreamFrame } from '@kraty/contracts/leaderboards';
import { Messenger } from '@kraty/platform/messaging';
import { Boards } from '../boards/boards.service.js';
import { Profiles } from '../profiles/profiles.service.js';

/** Tells streams of a board what was written on it. */
@Injectable()
export class ScoreFrames {
  constructor(
    private readonly boards: Boards,
    private readonly profiles: Profiles,
    private readonly messenger: Messenger,
  ) {}

  /** One frame for each accepted write, whether or not it moved the board (06 §7.3). Returns how to send them, which cannot fail. */
  async prepare(
    leaderboardId: string,
    writes: readonly AttemptScored[],
    standings: ReadonlyMap<string, { rank: number; score: number } | null>,
  ): Promise<() => void> {
    const board = await this.boards.find(leaderboardId);
    const names = await this.profiles.find(board!.scope, [...standings.keys()]);
    const frames: StreamFrame[] = [];
    for (const write of writes) {
      const standing = standings.get(write.playerId);
      if (!standing) continue;
      const profile = names.get(write.playerId);
      frames.push({
        event: 'score_update',
        data: {
          leaderboardId,
          participantId: write.playerId,
          kind: 'player',
          name: profile?.displayName ?? profile?.anonymizedName ?? null,
          avatar: profile?.displayName == null ? (profile?.anonymizedAvatar ?? null) : profile.displayAvatar,
          score: standing.score,
          rank: standing.rank,
          occurredAt: new Date(write.writtenAtMs).toISOString(),
        },
      });
    }
    return () => {
      if (frames.length > 0) this.messenger.broadcast(streamSubject(leaderboardId), frames);
    };
  }
}
