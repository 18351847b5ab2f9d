import ts from 'typescript';

/** Beyond this a type refers to itself without a name, which no contract type may. */
const DEPTH_MAX = 40;

/**
 * The JSON Schema of a plain data type. Named object types become definitions, so a type that refers to itself ends.
 * @throws Error for what has no form in JSON: functions, symbols, bigints, or a type deeper than forty levels.
 */
export function jsonSchemaOf(checker, type) {
  const definitions = {};
  const schema = inline(new Conversion(checker, definitions), type);
  return { schema, definitions };
}

class Conversion {
  constructor(checker, definitions, depth = 0) {
    Object.assign(this, { checker, definitions, depth });
  }

  deeper() {
    if (this.depth > DEPTH_MAX) throw new Error('a contract type refers to itself without a name');
    return new Conversion(this.checker, this.definitions, this.depth + 1);
  }

  schema(type) {
    if (type.aliasSymbol?.name === 'Json') return { type: 'object' };
    const name = definitionName(type);
    if (!name) return inline(this.deeper(), type);
    if (!(name in this.definitions)) {
      this.definitions[name] = {};
      this.definitions[name] = inline(this.deeper(), type);
    }
    return { $ref: `#/$defs/${name}` };
  }
}

/**
 * Interfaces, classes and choices among objects that have a name are named, so that a choice may contain itself; what is
 * written in place, generic or built in stays in place.
 */
function definitionName(type) {
  if (isNamedChoice(type)) return type.aliasSymbol.name;
  const declared = type.symbol?.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class);
  const builtIn = type.symbol?.declarations?.some((node) => node.getSourceFile().fileName.includes('/node_modules/'));
  return declared && !builtIn && !type.typeArguments?.length ? type.symbol.name : undefined;
}

function isNamedChoice(type) {
  const isChoice = type.isUnion() && type.types.some((member) => member.flags & ts.TypeFlags.Object);
  return isChoice && type.aliasSymbol && !type.aliasTypeArguments?.length;
}

function inline(conversion, type) {
  const { checker } = conversion;
  const { flags } = type;
  if (flags & ts.TypeFlags.Any || flags & ts.TypeFlags.Unknown) return {};
  if (flags & ts.TypeFlags.Null) return { type: 'null' };
  if (flags & ts.TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === 'true' };
  if (type.isLiteral()) return { const: type.value };
  if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
  if (flags & ts.TypeFlags.Number) return { type: 'number' };
  if (type.isUnion()) return union(conversion, type.types);
  if (checker.isTupleType(type)) return tuple(conversion, type);
  if (checker.isArrayType(type)) return { type: 'array', items: conversion.schema(checker.getTypeArguments(type)[0]) };
  if (flags & ts.TypeFlags.Object || type.isIntersection()) return object(conversion, type);
  throw new Error(`${checker.typeToString(type)} has no form in JSON`);
}

/** The compiler lists a union's members in the order it met them, which a change elsewhere may alter. */
const byText = (left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1);

function union(conversion, members) {
  const defined = members.filter((member) => !(member.flags & ts.TypeFlags.Undefined));
  const literals = defined
    .filter((member) => member.isLiteral())
    .map((member) => member.value)
    .sort();
  const booleans = defined.filter((member) => member.flags & ts.TypeFlags.BooleanLiteral);
  const rest = defined.filter((member) => !member.isLiteral() && !booleans.includes(member));
  const options = [
    ...(literals.length > 0 ? [{ enum: literals }] : []),
    ...(booleans.length === 2 ? [{ type: 'boolean' }] : booleans.map((member) => conversion.schema(member))),
    ...rest.map((member) => conversion.schema(member)),
  ];
  return options.length === 1 ? options[0] : { anyOf: options.sort(byText) };
}

function tuple(conversion, type) {
  const items = conversion.checker.getTypeArguments(type).map((item) => conversion.schema(item));
  return { type: 'array', prefixItems: items, minItems: items.length, maxItems: items.length };
}

function object(conversion, type) {
  const { checker } = conversion;
  const members = checker.getPropertiesOfType(type);
  const properties = Object.fromEntries(members.map((member) => [member.name, property(conversion, member)]));
  const required = members.filter((member) => !(member.flags & ts.SymbolFlags.Optional)).map((member) => member.name);
  const others = type.getStringIndexType();
  return {
    type: 'object',
    ...(members.length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
    ...(others ? { additionalProperties: conversion.schema(others) } : {}),
  };
}

function property(conversion, member) {
  const { checker } = conversion;
  const description = ts.displayPartsToString(member.getDocumentationComment(checker)).replace(/\s+/g, ' ').trim();
  const schema = conversion.schema(checker.getTypeOfSymbol(member));
  return description ? { ...schema, description } : schema;
}
