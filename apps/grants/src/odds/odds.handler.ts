import { Controller } from '@nestjs/common';
import type { GameScope, Scope } from '@kraty/contracts/common';
import { compareOdds, readOdds, simulateTable } from '@kraty/contracts/grants';
import { HandleRequest } from '@kraty/platform/messaging';
import { OddsReportsService } from './odds-reports.service.js';
import { OddsService } from './odds.service.js';

@Controller()
export class OddsHandler {
  constructor(
    private readonly odds: OddsService,
    private readonly reports: OddsReportsService,
  ) {}

  @HandleRequest(readOdds)
  async read({ game, ...of }: { game: GameScope } & ({ tableKey: string } | { crateItemKey: string })) {
    return this.odds.read(game, of);
  }

  @HandleRequest(compareOdds)
  async compare({ scope, tableKey }: { scope: Scope; tableKey: string }) {
    return this.reports.compare(scope, tableKey);
  }

  @HandleRequest(simulateTable)
  async simulate(question: {
    game: GameScope;
    table: { id: string } | { unsaved: unknown };
    opens: number;
    seed: string | null;
  }) {
    const { game, table, opens, seed } = question;
    return this.odds.simulate(game, table, opens, seed ?? OddsService.anySeed());
  }
}
