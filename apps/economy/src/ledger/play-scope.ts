import type { Scope } from '@kraty/contracts/common';
import type { FactScope } from '@kraty/contracts/messages';

/** The scope of a fact made by play. */
export function playScopeOf({ studioId, gameId, environment }: FactScope): Scope {
  if (!environment) throw new Error('a fact made by play names its environment');
  return { studioId, gameId, environment };
}
