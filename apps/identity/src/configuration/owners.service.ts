import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  configurationRoutes,
  emptySections,
  type CheckConfiguration,
  type ConfigurationWarning,
  type ExportedSections,
  type Sections,
} from '@kraty/contracts/configuration';
import type { GameSettings } from '@kraty/contracts/identity';
import { Messenger } from '@kraty/platform/messaging';
import { owners, type Comparison, type Owner } from './plan.js';

/** A section can be large: its owner gets this long for one step. Milliseconds. */
const stepDeadlineMs = 10_000;
const options = { deadlineMs: stepDeadlineMs };

const routes = {
  economy: configurationRoutes('economy'),
  grants: configurationRoutes('grants'),
  leaderboards: configurationRoutes('leaderboards'),
  events: configurationRoutes('events'),
};

/** The contexts that own sections of the document, asked in the words of the contract. */
@Injectable()
export class Owners {
  constructor(private readonly messenger: Messenger) {}

  /** Every section, as its owner has it. */
  async export(game: GameScope): Promise<ExportedSections & { sections: Sections }> {
    const parts = await Promise.all(
      owners.map((owner) => this.messenger.request(routes[owner].export, { game }, options)),
    );
    return {
      sections: Object.assign(emptySections(), ...parts.map(({ sections }) => sections)) as Sections,
      archivedKeys: Object.assign(
        {},
        ...parts.map(({ archivedKeys }) => archivedKeys),
      ) as ExportedSections['archivedKeys'],
      runningWindows: Object.assign(
        {},
        ...parts.map(({ runningWindows }) => runningWindows),
      ) as ExportedSections['runningWindows'],
    };
  }

  /** What the owners have against the game as it would stand, and what they would point out. */
  async check(
    game: GameScope,
    comparison: Comparison,
    settings: GameSettings,
  ): Promise<{ errors: ConfigurationWarning[]; warnings: ConfigurationWarning[] }> {
    const verdicts = await Promise.all(
      owners.map((owner) =>
        this.messenger.request(routes[owner].check, checkOf(game, owner, comparison, settings), options),
      ),
    );
    return {
      errors: verdicts.flatMap(({ issues }) => issues),
      warnings: verdicts.flatMap(({ warnings }) => warnings),
    };
  }

  /** Durable with the owner when it answers. */
  async prepare(owner: Owner, step: CheckConfiguration & { applyId: string; actor: string }): Promise<void> {
    await this.messenger.request(routes[owner].prepare, step, options);
  }

  /** Warnings of what the clock has overtaken; only of the first call. */
  async commit(owner: Owner, game: GameScope, applyId: string): Promise<ConfigurationWarning[]> {
    const { warnings = [] } = await this.messenger.request(routes[owner].commit, { game, applyId }, options);
    return warnings;
  }

  async abandon(owner: Owner, game: GameScope, applyId: string): Promise<void> {
    await this.messenger.request(routes[owner].abandon, { game, applyId }, options);
  }
}

export function checkOf(
  game: GameScope,
  owner: Owner,
  { changes, desired, archivedKeys }: Comparison,
  settings: GameSettings,
): CheckConfiguration {
  return { game, changes: changes[owner], desired, archivedKeys, settings };
}
