import type { ConfigurationWarning, GameConfigurationDocument, SectionName } from '../configuration/index.js';
import { request } from '../messages/index.js';
import type { AuditDifference } from './audit.js';
import type { Operator } from './operators.js';

/** Milliseconds a caller waits for a plan or an apply: every owner of a section is asked in turn. */
export const configurationDeadlineMs = 30_000;

/** `merge` leaves what the document does not name; `mirror` archives it. */
export type ApplyMode = 'merge' | 'mirror';

/** Names one keyed object of a section; the settings are one object. */
export interface ConfigurationRef {
  section: SectionName | 'settings';
  key: string;
}

export interface ConfigurationPlan {
  /** Grows by one with each change of the configuration. */
  configVersion: number;
  /** Stands for document, mode and the configuration it was compared with. */
  planHash: string;
  creates: ConfigurationRef[];
  updates: { ref: ConfigurationRef; diff: AuditDifference[] }[];
  archives: ConfigurationRef[];
  unchanged: number;
  warnings: ConfigurationWarning[];
  errors: ConfigurationWarning[];
}

interface ConfigurationOfGame {
  operator: Operator;
  studioId: string;
  gameId: string;
}

export interface ExportConfiguration extends ConfigurationOfGame {
  format: 'yaml' | 'json';
  /** Null = all. */
  sections: (SectionName | 'settings')[] | null;
}

/** `config.export`. `text` is canonical: the same configuration gives the same bytes. */
export const exportConfiguration = request<ExportConfiguration, { configVersion: number; text: string }>(
  'identity',
  'export-configuration',
);

export interface PlanConfiguration extends ConfigurationOfGame {
  /** YAML or JSON text, or the object parsed from JSON. */
  document: string | GameConfigurationDocument | Record<string, unknown>;
  mode: ApplyMode;
}

/** `config.plan`; writes nothing. Errors: `validation_failed` for a document out of shape. Wait `configurationDeadlineMs`. */
export const planConfiguration = request<PlanConfiguration, ConfigurationPlan>('identity', 'plan-configuration');

export interface ApplyConfiguration extends PlanConfiguration {
  /** When given, the plan must still be the same. */
  planHash: string | null;
  reason: string;
}

/**
 * `config.apply`; all or nothing. Wait `configurationDeadlineMs`.
 * Errors: `validation_failed`, `config_invalid`, `version_conflict` (planHash), `conflict` (apply_running).
 */
export const applyConfiguration = request<ApplyConfiguration, ConfigurationPlan & { auditId: string }>(
  'identity',
  'apply-configuration',
);

/** Public: the JSON Schema of the document, as JSON. */
export const readConfigurationSchema = request<Record<string, never>, Record<string, unknown>>(
  'identity',
  'read-configuration-schema',
);
