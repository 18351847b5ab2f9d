import { Controller } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  archiveRewardObject,
  listRewardObjects,
  readRewardObject,
  readRewardUsages,
  saveRewardObject,
  type RewardSection,
} from '@kraty/contracts/grants';
import { HandleRequest } from '@kraty/platform/messaging';
import { rewardConfiguration } from './reward-bodies.js';
import { RewardReadsService } from './reward-reads.service.js';
import { RewardWritesService, type RewardWrite } from './reward-writes.service.js';

interface Named {
  game: GameScope;
  section: RewardSection;
  id: string;
}

@Controller()
export class AdministrationHandler {
  constructor(
    private readonly reads: RewardReadsService,
    private readonly writes: RewardWritesService,
  ) {}

  @HandleRequest(listRewardObjects)
  async list(question: Omit<Named, 'id'> & { archived: boolean; afterKey: string | null; limit: number }) {
    const { game, section, ...page } = question;
    return this.reads.list(game, section, page);
  }

  @HandleRequest(readRewardObject)
  async read({ game, section, id }: Named) {
    return this.reads.read(game, section, id);
  }

  @HandleRequest(readRewardUsages)
  async usages({ game, section, id }: Named) {
    return { usages: await this.reads.usages(game, section, id) };
  }

  @HandleRequest(saveRewardObject)
  async save(command: RewardWrite & { id: string | null; ifVersion: number | null; body: unknown }) {
    const { id, ifVersion, body, ...write } = command;
    const object = rewardConfiguration(write.section, body);
    if (id === null || ifVersion === null) return this.writes.create(write, object);
    return this.writes.replace(write, id, ifVersion, object);
  }

  @HandleRequest(archiveRewardObject)
  async archive(command: RewardWrite & { id: string; ifVersion: number; archived: boolean; force: boolean }) {
    const { id, ifVersion, archived, force, ...write } = command;
    if (archived) return this.writes.archive(write, id, ifVersion, force);
    return this.writes.unarchive(write, id, ifVersion);
  }
}
