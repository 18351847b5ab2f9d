import { Controller } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { previewBundles } from '@kraty/contracts/grants';
import { HandleRequest } from '@kraty/platform/messaging';
import { BundlesService } from './bundles.service.js';

@Controller()
export class BundlesHandler {
  constructor(private readonly bundles: BundlesService) {}

  @HandleRequest(previewBundles)
  async preview({ game, keys }: { game: GameScope; keys: string[] }) {
    return { bundles: await this.bundles.preview(game.gameId, keys) };
  }
}
