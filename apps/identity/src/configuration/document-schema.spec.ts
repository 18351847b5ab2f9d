import { sectionOwners, sectionsToCome } from '@kraty/contracts/configuration';
import { anyEvent, namedGame } from '@kraty/testing/arbitraries';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { documentSchema } from './document-schema.js';

type Properties = Record<string, { anyOf?: [{ items?: { properties: Properties; required?: string[] } }] } & object>;

const schema = documentSchema();
const properties = schema['properties'] as Properties;
const fieldsOf = (section: string) => properties[section]!.anyOf![0].items!;

describe('the JSON Schema of a document', () => {
  it('knows every section, and refuses others', () => {
    expect(schema).toMatchObject({ additionalProperties: false, required: ['apiVersion', 'kind', 'game'] });
    for (const section of [...Object.keys(sectionOwners), ...sectionsToCome])
      expect(properties).toHaveProperty(section);
  });

  it('says what the rules of the contract say', () => {
    const { properties: item, required } = fieldsOf('items');
    expect(required).toEqual(['key', 'name']);
    expect(item['key']).toMatchObject({ type: 'string', pattern: expect.stringContaining('A-Za-z0-9') });
    expect(item['tags']).toEqual({
      anyOf: [
        { type: 'array', maxItems: 20, items: { type: 'string', minLength: 1, maxLength: 64 } },
        { type: 'null' },
      ],
    });
    expect(fieldsOf('currencies').properties['kind']).toEqual({ enum: ['currency', 'progression'] });
  });

  it('follows nested objects', () => {
    const { properties: bundle } = fieldsOf('rewardBundles');
    expect(JSON.stringify(bundle['entries'])).toContain('currencyKey');
    expect(JSON.stringify(fieldsOf('events'))).toContain('durationSeconds');
  });

  it('is plain JSON', () => expect(JSON.parse(JSON.stringify(schema))).toMatchObject({ title: expect.any(String) }));

  it('takes every event that the server takes, and knows the kinds of its parts', () => {
    const takes = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    const head = { apiVersion: 'kraty/v1', kind: 'GameConfig', game: { slug: 'game' } };
    const document = (event: object) =>
      JSON.parse(JSON.stringify({ ...head, ...namedGame, events: [event] })) as object;
    fc.assert(
      fc.property(anyEvent(), (event) => {
        expect(takes(document(event)) || takes.errors).toBe(true);
      }),
    );
    const condition = (unlockCondition: object) => takes(document({ key: 'sprint', unlockCondition }));
    expect(condition({ type: 'not', condition: { type: 'has_item', itemKey: 'torch' } })).toBe(true);
    expect(condition({ type: 'has_level', level: 3 })).toBe(false);
    expect(condition({ type: 'has_item', level: 3 })).toBe(false);
    expect(condition({ type: 'or', conditions: [] })).toBe(false);
  });
});
