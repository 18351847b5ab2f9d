import { Controller } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  archiveCatalogObject,
  listCatalogObjects,
  readCatalogObject,
  readCatalogUsages,
  saveCatalogObject,
  type CatalogSection,
} from '@kraty/contracts/economy';
import { HandleRequest } from '@kraty/platform/messaging';
import { catalogConfiguration } from './catalog-bodies.js';
import { CatalogReadsService } from './catalog-reads.service.js';
import { CatalogWritesService, type CatalogWrite } from './catalog-writes.service.js';

interface Named {
  game: GameScope;
  section: CatalogSection;
  key: string;
}

@Controller()
export class AdministrationHandler {
  constructor(
    private readonly reads: CatalogReadsService,
    private readonly writes: CatalogWritesService,
  ) {}

  @HandleRequest(listCatalogObjects)
  async list(question: Omit<Named, 'key'> & { archived: boolean; afterKey: string | null; limit: number }) {
    const { game, section, ...page } = question;
    return this.reads.list(game, section, page);
  }

  @HandleRequest(readCatalogObject)
  async read({ game, section, key }: Named) {
    return this.reads.read(game, section, key);
  }

  @HandleRequest(readCatalogUsages)
  async usages({ game, section, key }: Named) {
    return { usages: await this.reads.usages(game, section, key) };
  }

  @HandleRequest(saveCatalogObject)
  async save(command: CatalogWrite & { key: string | null; ifVersion: number | null; body: unknown }) {
    const { key, ifVersion, body, ...write } = command;
    const object = catalogConfiguration(write.section, body);
    if (key === null || ifVersion === null) return this.writes.create(write, object);
    return this.writes.replace(write, key, ifVersion, object);
  }

  @HandleRequest(archiveCatalogObject)
  async archive(command: CatalogWrite & { key: string; ifVersion: number; archived: boolean; force: boolean }) {
    const { key, ifVersion, archived, force, ...write } = command;
    if (archived) return this.writes.archive(write, key, ifVersion, force);
    return this.writes.unarchive(write, key, ifVersion);
  }
}
