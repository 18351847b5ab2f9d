import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import {
  readBoardPeriods,
  readDefinedBoard,
  readStandings,
  type ReadDefinedBoard,
  type ReadStandings,
} from '@kraty/contracts/leaderboards';
import { HandleRequest } from '@kraty/platform/messaging';
import { DefinedBoards } from './defined-boards.service.js';
import { StandingsReads } from './standings.service.js';

@Controller()
export class DefinedBoardsHandler {
  constructor(
    private readonly boards: DefinedBoards,
    private readonly standings: StandingsReads,
  ) {}

  @HandleRequest(readDefinedBoard)
  read(question: ReadDefinedBoard) {
    return this.boards.read(question);
  }

  @HandleRequest(readStandings)
  readStandings(question: ReadStandings) {
    return this.standings.read(question);
  }

  @HandleRequest(readBoardPeriods)
  periods(question: { scope: Scope; key: string; limit: number }) {
    return this.boards.periods(question);
  }
}
