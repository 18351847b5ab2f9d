import type { ConfigurationClass } from './load.js';
import { defaultOf, variablesOf } from './variable.js';

/** One variable for documents and for the test of `.env.example`. */
export interface VariableDescription {
  name: string;
  description: string;
  /** As it applies in production. */
  default?: string;
  optional: boolean;
  secret: boolean;
}

export function describeConfiguration(configuration: ConfigurationClass): VariableDescription[] {
  return variablesOf(configuration).map((variable) => {
    const fallback = defaultOf(variable, { NODE_ENV: 'production' });
    const { name, description, optional = false, secret = false } = variable;
    return { name, description, optional, secret, ...(fallback === undefined ? {} : { default: fallback }) };
  });
}
