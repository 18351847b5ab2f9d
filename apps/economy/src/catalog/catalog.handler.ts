import { Controller } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { readCatalog } from '@kraty/contracts/economy';
import { HandleRequest } from '@kraty/platform/messaging';
import { CatalogService } from './catalog.service.js';

@Controller()
export class CatalogHandler {
  constructor(private readonly catalogs: CatalogService) {}

  @HandleRequest(readCatalog)
  async read({ game }: { game: GameScope }) {
    const { etag, published } = await this.catalogs.read(game.gameId);
    return { etag, catalog: published };
  }
}
