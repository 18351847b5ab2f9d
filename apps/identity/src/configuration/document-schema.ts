import { GameConfigurationDocumentBody } from '@kraty/contracts/configuration';
import { keyPattern } from '@kraty/contracts/common';
import type { GameSettings } from '@kraty/contracts/identity';
import { classSchema, type Schema } from '@kraty/contracts/schemas';

const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

/** 04 §10; null = back to the default. */
const settings: Record<Exclude<keyof GameSettings, 'slug'>, Schema> = {
  displayName: { type: 'string', minLength: 1, maxLength: 80 },
  grantDefaultTtlDays: orNull({ type: 'integer', minimum: 1, maximum: 3_650 }),
  displayTimezone: orNull({ type: 'string', maxLength: 64, description: 'IANA time zone' }),
  inventoryManagement: orNull({ enum: ['platform', 'studio', 'permissive'] }),
  acceptClientScores: orNull({ type: 'boolean' }),
  allowClientIdentity: orNull({ type: 'boolean' }),
  anomalyRetentionDays: orNull({ type: 'integer', minimum: 1, maximum: 3_650 }),
  defaultIdentityPoolKey: orNull({ type: 'string', pattern: keyPattern.source }),
};

/** The JSON Schema of a configuration document: for editors and for checks before a push (04 §12). */
export function documentSchema(): Schema {
  const schema = classSchema(GameConfigurationDocumentBody);
  const properties = schema['properties'] as Record<string, Schema>;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Kraty game configuration',
    ...schema,
    properties: {
      ...properties,
      settings: orNull({ type: 'object', additionalProperties: false, properties: settings }),
    },
  };
}
