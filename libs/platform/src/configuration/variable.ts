import 'reflect-metadata';

/** Variables of a process as it was given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type VariableDefault = string | number | boolean;

export interface VariableOptions {
  /** What it is for and, where it matters, the unit: one sentence for `.env.example`. */
  description: string;
  /** As it would be written in the environment; a function where it depends on other variables. */
  default?: VariableDefault | ((environment: Environment) => VariableDefault);
  /** May be left out without a default; the field is then undefined. */
  optional?: boolean;
  /** Its value is never shown, in no message and no log. */
  secret?: boolean;
  /** Turns the text into the field's value; throws an error that says what is expected. */
  parse?: (text: string) => unknown;
}

export interface VariableDefinition extends VariableOptions {
  name: string;
  field: string;
  parse: (text: string) => unknown;
}

// The constructor type every decorator sees; what it constructs does not matter here.
type AnyClass = abstract new (...parameters: never[]) => object;

const definitions = new WeakMap<AnyClass, VariableDefinition[]>();

/** Binds a field of a configuration class to an environment variable. */
export function Variable(name: string, options: VariableOptions): PropertyDecorator {
  return (target, key) => {
    const owner = target.constructor as AnyClass;
    const own = definitions.get(owner) ?? [];
    const parse = options.parse ?? parserFor(Reflect.getMetadata('design:type', target, key), name);
    definitions.set(owner, [...own, { ...options, name, field: String(key), parse }]);
  };
}

/** All variables of a class: those of its ancestors first; a field declared again replaces its ancestor's. */
export function variablesOf(configuration: AnyClass): VariableDefinition[] {
  const parent: unknown = Object.getPrototypeOf(configuration);
  const inherited =
    typeof parent === 'function' && parent !== Function.prototype ? variablesOf(parent as AnyClass) : [];
  const own = definitions.get(configuration) ?? [];
  const replaced = new Set(own.map((definition) => definition.field));
  return [...inherited.filter((definition) => !replaced.has(definition.field)), ...own];
}

export function defaultOf(definition: VariableOptions, environment: Environment): string | undefined {
  const value = typeof definition.default === 'function' ? definition.default(environment) : definition.default;
  return value === undefined ? undefined : String(value);
}

function parserFor(type: unknown, name: string): (text: string) => unknown {
  if (type === String) return (text) => text;
  if (type === Number) return parseNumber;
  if (type === Boolean) return parseBoolean;
  throw new TypeError(`The field of variable ${name} is no string, number or boolean and needs a parse function.`);
}

function parseNumber(text: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Error('must be a number');
  return Number(text);
}

function parseBoolean(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new Error('must be true or false');
}
