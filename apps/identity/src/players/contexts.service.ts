import { Injectable } from '@nestjs/common';
import type { Iso, Json } from '@kraty/contracts/common';
import type { AttemptStarted, PlayerContextGiven } from '@kraty/contracts/events';
import type { Fact, FactScope } from '@kraty/contracts/messages';
import { ContextsStore, type SeenAtStart } from './contexts.store.js';
import { takeContext } from './player-context.js';

/** Keeps with each player what the latest start told (12 §5). The start's time decides, so no inbox is needed. */
@Injectable()
export class ContextsService {
  constructor(private readonly contexts: ContextsStore) {}

  takeStarts(facts: Fact<AttemptStarted>[]): Promise<void> {
    return this.take(
      facts.map(({ scope, payload: { playerId, startedAt, playerContext } }) =>
        seenAtStart(scope, { playerId, at: startedAt, playerContext }),
      ),
    );
  }

  /** Of starts that made no attempt. */
  takeGiven(facts: Fact<PlayerContextGiven>[]): Promise<void> {
    return this.take(
      facts.map(({ scope, payload: { playerId, givenAt, playerContext } }) =>
        seenAtStart(scope, { playerId, at: givenAt, playerContext }),
      ),
    );
  }

  private async take(starts: SeenAtStart[]): Promise<void> {
    const latest = new Map<string, SeenAtStart>();
    for (const start of starts) {
      const known = latest.get(start.playerId);
      latest.set(start.playerId, known ? merged(known, start) : start);
    }
    if (latest.size > 0) await this.contexts.take([...latest.values()]);
  }
}

function seenAtStart(
  scope: FactScope,
  { playerId, at, playerContext }: { playerId: string; at: Iso; playerContext: Json | null },
): SeenAtStart {
  const { snapshot, email } = takeContext(playerContext);
  const startedAt = new Date(at);
  return {
    playerId,
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
