import {
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import {
  isConfigurationKey,
  IsLocalized,
  IsMetadata,
  isMetricValue,
  isPlainObject,
  limits,
  metricKeyPattern,
  type Json,
  type Localized,
} from '../common/index.js';
import { eventStatuses, type EventStatus } from '../events/administration.js';
import { eventLimits } from '../events/event-limits.js';
import { IdempotentBody } from '../sdk/bodies.js';
import { adminLimits, IsReason, IsText } from './rules.js';

/** A key for something configured (01 §11). Issue code: `format`. */
function IsConfigurationKey(): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && isConfigurationKey(value);
  const defaultMessage = () => '$property must be a key';
  return ValidateBy(
    { name: 'isConfigurationKey', validator: { validate, defaultMessage } },
    { context: { code: 'format' } },
  );
}

/** A map of metric key → value; which keys exist is for the event to say. Issue code: `type`. */
function IsMetrics(): PropertyDecorator {
  const validate = (value: unknown) =>
    isPlainObject(value) &&
    Object.keys(value).length <= eventLimits.metricsMax &&
    Object.entries(value).every(([key, number]) => metricKeyPattern.test(key) && isMetricValue(number));
  const defaultMessage = () => `$property must map at most ${eventLimits.metricsMax} metric keys to numbers`;
  return ValidateBy({ name: 'isMetrics', validator: { validate, defaultMessage } }, { context: { code: 'type' } });
}

/** `POST G/events/:eventId/duplicate` (04 §5.2). */
export class DuplicateEventBody extends IdempotentBody {
  @IsConfigurationKey()
  key: string;

  @IsOptional()
  @IsLocalized()
  name?: Localized | null;
}

/** `POST G/events/:eventId/transition` (04 §5.3); a finalization needs a reason. */
export class TransitionEventBody extends IdempotentBody {
  @IsIn(eventStatuses)
  to: EventStatus;

  @ValidateIf(({ to, reason }: TransitionEventBody) => to === 'finalized' || (reason ?? null) !== null)
  @IsReason()
  reason?: string | null;
}

/** `PUT …/windows/:windowId/metadata` (04 §5.4). */
export class OverrideWindowBody extends IdempotentBody {
  @IsMetadata()
  metadata: Json;
}

/** `POST …/orphaned-overrides/:id/attach` (04 §5.4). */
export class AttachOverrideBody extends IdempotentBody {
  @IsUUID('all')
  windowId: string;
}

/** `POST …/windows/:windowId/force-close` (04 §5.4). */
export class ForceCloseBody extends IdempotentBody {
  @IsReason()
  reason: string;
}

/** `POST G/events/:eventId/preview` (04 §5.5). */
export class PreviewEventBody extends IdempotentBody {
  @IsMetrics()
  metrics: Record<string, number>;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(limits.amountMax)
  rank?: number | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(limits.amountMax)
  participants?: number | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(limits.amountMax)
  assumedWinners?: number | null;

  @IsOptional()
  @IsMetadata()
  playerContext?: Json | null;

  @IsOptional()
  @IsString()
  @Matches(/^.{1,64}$/su)
  seed?: string | null;

  /** Checked by the owner of events. */
  @IsOptional()
  @IsObject()
  draft?: Record<string, unknown> | null;
}

/** `POST G/attempts/:attemptId/force-complete` (04 §8.3). */
export class ForceCompleteBody extends IdempotentBody {
  @IsReason()
  reason: string;

  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(-limits.scoreAbsoluteMax)
  @Max(limits.scoreAbsoluteMax)
  overrideScore?: number | null;
}

/** `POST G/anomalies/:id/review` (04 §8.6). */
export class ReviewAnomalyBody extends IdempotentBody {
  @IsIn(['dismissed', 'confirmed'])
  status: 'dismissed' | 'confirmed';

  @IsOptional()
  @IsText(adminLimits.noteCharactersMax)
  note?: string | null;
}
