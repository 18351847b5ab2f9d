import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { Operator } from '@kraty/contracts/identity';
import { canonicalPool, type IdentityPoolView, type ImportedIdentities } from '@kraty/contracts/leaderboards';
import { Failure, fail } from '@kraty/platform/errors';
import { entriesOfFile, importedInto } from '../identity-pools/import-identities.js';
import { ConfiguredObjects } from './configured-objects.service.js';
import { ConfiguredReads } from './configured-reads.service.js';

/** Tries when others change the pool meanwhile. */
const triesMax = 3;

/** Names brought into a pool from files (04 §6). Brought again, they are there already. */
@Injectable()
export class IdentityImports {
  constructor(
    private readonly reads: ConfiguredReads,
    private readonly objects: ConfiguredObjects,
  ) {}

  /** @throws validation_failed, not_found, conflict (apply_running), version_conflict */
  async import(operator: Operator, game: GameScope, id: string, body: unknown): Promise<ImportedIdentities> {
    const given = entriesOfFile(body);
    if (!given) {
      const issue = { path: 'body', code: 'required' as const, message: 'must hold either csv or entries' };
      throw fail('validation_failed', `body ${issue.message}`, { issues: [issue] });
    }
    const write = { operator, game, section: 'identityPools' as const, idempotency: null };
    for (let tries = 1; ; tries += 1) {
      const pool = (await this.reads.read(game, 'identityPools', id)) as IdentityPoolView;
      const { entries, ...answer } = importedInto(pool.entries, given);
      if (answer.added === 0) return answer;
      try {
        await this.objects.replace(write, pool.id, pool.version, canonicalPool({ ...pool, entries }));
        return answer;
      } catch (error) {
        const isBeaten = error instanceof Failure && error.code === 'version_conflict';
        if (!isBeaten || tries >= triesMax) throw error;
      }
    }
  }
}
