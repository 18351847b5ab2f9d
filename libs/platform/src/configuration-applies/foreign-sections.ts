import type { GameScope } from '@kraty/contracts/common';
import { configurationRoutes, emptySections, type Sections } from '@kraty/contracts/configuration';
import type { Messenger } from '../messaging/index.js';

export type SectionOwner = Parameters<typeof configurationRoutes>[0];

/**
 * The sections of other contexts, archived objects left out; those of nobody asked are empty.
 *
 * @throws 503 while one of them is away
 */
export async function foreignSections(
  messenger: Messenger,
  owners: readonly SectionOwner[],
  game: GameScope,
): Promise<Sections> {
  const found: Partial<Sections>[] = [];
  for (const owner of owners) {
    const { sections } = await messenger.request(configurationRoutes(owner).export, { game });
    found.push(sections);
  }
  return Object.assign(emptySections(), ...found) as Sections;
}
