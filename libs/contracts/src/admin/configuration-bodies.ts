import { IsIn, IsOptional, ValidateBy } from 'class-validator';
import { isPlainObject } from '../common/index.js';
import type { ApplyMode } from '../identity/index.js';
import { IdempotentBody } from '../sdk/bodies.js';
import { IsReason, IsText } from './rules.js';

export const applyModes: readonly ApplyMode[] = ['merge', 'mirror'];

const planHashCharactersMax = 128;

/** YAML or JSON text, or the object itself. Issue code: `type`. */
function IsDocument(): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' || isPlainObject(value);
  const defaultMessage = () => '$property must be an object, or its YAML or JSON as a text';
  return ValidateBy({ name: 'isDocument', validator: { validate, defaultMessage } }, { context: { code: 'type' } });
}

/** `POST G/config/apply` (04 §12). */
export class ApplyConfigurationBody extends IdempotentBody {
  @IsDocument()
  document: string | Record<string, unknown>;

  @IsIn(applyModes)
  mode: ApplyMode;

  @IsOptional()
  @IsText(planHashCharactersMax)
  planHash?: string | null;

  @IsReason()
  reason: string;
}
