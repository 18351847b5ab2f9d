import { validateSync, type ValidationError } from 'class-validator';
import { defaultOf, type Environment, type VariableDefinition, variablesOf } from './variable.js';

export type ConfigurationClass<C extends object = object> = new () => C;

/** Everything that is wrong with the environment, so that an operator needs one round and not ten. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** Reads, checks and freezes a configuration. Throws one ConfigurationError that names all bad variables. */
export function loadConfiguration<C extends object>(configuration: ConfigurationClass<C>, environment: Environment): C {
  const instance = new configuration();
  const variables = variablesOf(configuration);
  const unreadable = new Map<string, string>();
  for (const variable of variables) {
    const problem = readInto(instance, variable, environment);
    if (problem) unreadable.set(variable.field, problem);
  }
  const problems = [...unreadable.values(), ...brokenRules(instance, variables, unreadable)];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze(instance);
}

/** Sets the field, or says what is wrong. An empty variable counts as absent, as shells and Compose files leave it. */
function readInto(instance: object, variable: VariableDefinition, environment: Environment): string | undefined {
  const text = environment[variable.name]?.trim() || defaultOf(variable, environment);
  if (text === undefined) {
    return variable.optional ? undefined : `${variable.name} is required: ${variable.description}`;
  }
  try {
    Reflect.set(instance, variable.field, variable.parse(text));
    return undefined;
  } catch (error) {
    return `${variable.name} ${error instanceof Error ? error.message : 'cannot be read'}: ${variable.description}`;
  }
}

function brokenRules(instance: object, variables: VariableDefinition[], unreadable: Map<string, string>): string[] {
  const errors = validateSync(instance, { skipUndefinedProperties: true, forbidUnknownValues: false });
  return errors
    .filter((error) => !unreadable.has(error.property))
    .map((error) =>
      describeRules(
        error,
        variables.find((variable) => variable.field === error.property),
      ),
    );
}

/** class-validator speaks of fields; operators know variables. */
function describeRules(error: ValidationError, variable: VariableDefinition | undefined): string {
  const name = variable?.name ?? error.property;
  const rules = Object.values(error.constraints ?? { nested: 'is not valid' });
  const texts = rules.map((rule) =>
    rule.startsWith(`${error.property} `) ? rule.slice(error.property.length + 1) : rule,
  );
  return `${name} ${texts.join(', ')}: ${variable?.description ?? ''}`;
}
