import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { keyPattern, limits } from '../common/index.js';
import { BotConfigurationBody } from './bot-configuration-body.js';

/** Bounds of a simulation (04 §6.1). */
export const simulationLimits = {
  secondsMin: 60,
  secondsMax: 2_678_400,
  seedsMax: 10,
  slotsMax: 10,
  scoresMax: 1_000,
  writesMax: 10_000,
} as const;

export class PlayerScoreBody {
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(simulationLimits.secondsMax)
  t: number;

  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(-limits.scoreAbsoluteMax)
  @Max(limits.scoreAbsoluteMax)
  score: number;
}

export class SimulationContextBody {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(simulationLimits.scoresMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => PlayerScoreBody)
  playerScores?: PlayerScoreBody[] | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(simulationLimits.scoresMax)
  @IsNumber({ allowNaN: false, allowInfinity: false }, { each: true })
  @Min(-limits.scoreAbsoluteMax, { each: true })
  @Max(limits.scoreAbsoluteMax, { each: true })
  humanScores?: number[] | null;

  /** Seats of the board; the rows of a simulation never fill it. */
  @IsOptional()
  @IsInt()
  @Min(2)
  @Max(500)
  capacity?: number | null;

  /** Seconds at which a player writes. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(simulationLimits.writesMax)
  @IsNumber({ allowNaN: false, allowInfinity: false }, { each: true })
  @Min(0, { each: true })
  @Max(simulationLimits.secondsMax, { each: true })
  progressWrites?: number[] | null;
}

/** Body of `POST G/bots/simulate`: a bot that is kept, or one that is not yet. */
export class SimulateBotBody {
  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  botId?: string | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => BotConfigurationBody)
  bot?: BotConfigurationBody | null;

  @IsInt()
  @Min(simulationLimits.secondsMin)
  @Max(simulationLimits.secondsMax)
  durationSeconds: number;

  /** Each stands for a board. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(simulationLimits.seedsMax)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  seeds: string[];

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(simulationLimits.slotsMax)
  slots?: number | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SimulationContextBody)
  context?: SimulationContextBody | null;
}
