import { Injectable } from '@nestjs/common';
import type { AttemptStarted } from '@kraty/contracts/events';
import type { Fact } from '@kraty/contracts/messages';
import { ContextsStore, type SeenAtStart } from './contexts.store.js';
import { takeContext } from './player-context.js';

/** Keeps with each player what the latest start told (12 §5). The start's time decides, so no inbox is needed. */
@Injectable()
export class ContextsService {
  constructor(private readonly contexts: ContextsStore) {}

  async take(facts: Fact<AttemptStarted>[]): Promise<void> {
    const latest = new Map<string, SeenAtStart>();
    for (const fact of facts) {
      const { playerId } = fact.payload;
      const start = seenAtStart(fact);
      const known = latest.get(playerId);
      latest.set(playerId, known ? merged(known, start) : start);
    }
    if (latest.size > 0) await this.contexts.take([...latest.values()]);
  }
}

function seenAtStart({ scope, payload }: Fact<AttemptStarted>): SeenAtStart {
  const { snapshot, email } = takeContext(payload.playerContext);
  const startedAt = new Date(payload.startedAt);
  return {
    playerId: payload.playerId,
    gameId: scope.gameId,
    environment: scope.environment!,
    startedAt,
    snapshot: snapshot && JSON.stringify(snapshot),
    contextAt: snapshot && startedAt,
    email,
  };
}

/** Two starts of one player in a batch: the later time, and the context of the later one that brought any. */
function merged(a: SeenAtStart, b: SeenAtStart): SeenAtStart {
  const [older, newer] = a.startedAt <= b.startedAt ? [a, b] : [b, a];
  if (newer.contextAt !== null) return { ...newer, email: newer.email ?? older.email };
  return { ...older, startedAt: newer.startedAt };
}
